package dev.nescio.model.llama;

/**
 * Cosines and sines of the rotary embedding, in the layout that rotates the halves of a head (Hugging Face's).
 *
 * <p>Angles are float32 products of position and inverse frequency theta^(-2 i / D), scaled as the
 * configuration says, as transformers computes them. Source: Su et al. 2021, RoFormer, equation 34.
 *
 * @param cosines     [positions, D]
 * @param signedSines [positions, D], negative in the first half: x turned is x cos + (halves of x swapped) times this
 */
public record RotaryTable(float[] cosines, float[] signedSines) {

  /** The table of the first positions. */
  public static RotaryTable of(LlamaConfig config, int positions) {
    int dim = config.headDim();
    int half = dim / 2;
    float[] cosines = new float[positions * dim];
    float[] sines = new float[positions * dim];
    for (int i = 0; i < half; i++) {
      double inverse = 1 / Math.pow(config.ropeTheta(), 2.0 * i / dim);
      float frequency = (float) config.ropeScaling().scaled(inverse);
      for (int position = 0; position < positions; position++) {
        double angle = position * frequency;
        int at = position * dim + i;
        cosines[at] = cosines[at + half] = (float) Math.cos(angle);
        sines[at + half] = (float) Math.sin(angle);
        sines[at] = -sines[at + half];
      }
    }
    return new RotaryTable(cosines, sines);
  }
}
