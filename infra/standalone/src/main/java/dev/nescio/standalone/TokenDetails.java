package dev.nescio.standalone;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Token;
import java.util.List;
import picocli.CommandLine.Option;

/** What commands tell of each token: id and log-probability and, when asked, what else could have stood there. */
final class TokenDetails {

  @Option(
      names = "--alternatives",
      paramLabel = "K",
      defaultValue = "0",
      description = "Also tells the K most likely tokens of each place (at most 20), its entropy and its margin, in nats"
          + " (default: ${DEFAULT-VALUE}, none of it).")
  int alternatives;

  /** @throws UserError if the number is not allowed */
  void check() {
    if (alternatives < 0 || alternatives > 20) {
      throw new UserError("--alternatives must be between 0 and 20, is " + alternatives);
    }
  }

  /** Adds {@code ids} and {@code logProbs}, and {@code alternatives}, {@code entropies} and {@code margins} if asked. */
  void write(ObjectNode into, List<Token> tokens) {
    ArrayNode ids = into.putArray("ids");
    ArrayNode logProbs = into.putArray("logProbs");
    for (Token token : tokens) {
      ids.add(token.id());
      logProbs.add((float) token.logProb());
    }
    if (alternatives == 0) return;
    ArrayNode places = into.putArray("alternatives");
    ArrayNode entropies = into.putArray("entropies");
    ArrayNode margins = into.putArray("margins");
    for (Token token : tokens) {
      ArrayNode place = places.addArray();
      for (Alternative other : token.alternatives()) {
        place.addObject().put("id", other.id()).put("text", other.text()).put("logProb", (float) other.logProb());
      }
      token.entropy().ifPresent(entropy -> entropies.add(entropy.floatValue()));
      token.margin().ifPresent(margin -> margins.add(margin.floatValue()));
    }
  }
}
