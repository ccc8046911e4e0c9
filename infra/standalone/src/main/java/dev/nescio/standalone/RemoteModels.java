package dev.nescio.standalone;

import dev.nescio.language.openai.OpenAiConfig;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.language.openai.ServerException;
import java.util.Map;

/** Models on a server, where {@code --model} names one. */
final class RemoteModels {

  private RemoteModels() {}

  /** True when the options name a server and no files. */
  static boolean named(ModelPlace place) {
    return place.model != null && place.model.startsWith(OpenAiConfig.PREFIX);
  }

  /**
   * @param settings further settings, see {@link OpenAiConfig}
   * @throws UserError if they are wrong, or the server cannot be used
   */
  static OpenAiModel open(ModelPlace place, Map<String, String> settings) {
    try {
      return OpenAiModel.open(OpenAiConfig.parse(place.model, settings), System::getenv);
    } catch (IllegalArgumentException e) {
      throw new UserError("--model " + place.model + ": " + e.getMessage(), e);
    } catch (ServerException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
