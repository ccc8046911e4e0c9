package dev.nescio.trainer.service;

import dev.nescio.schemas.KnowledgeScore;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.TrainingRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One night, without any knowledge of how requests arrive and results leave. */
@FunctionalInterface
public interface NightWork {

  /**
   * @param request  who asks and with which overrides
   * @param listener hears every step
   * @return what is to be published
   * @throws NightCancelledException when the thread was interrupted
   * @throws IOException             with the file and the way out, when the artifact store cannot be read or written
   */
  Result run(TrainingRequest request, NightListener listener) throws IOException;

  /**
   * What a night leaves behind.
   *
   * @param releases  in the order in which they are published
   * @param knowledge scores by questionId
   */
  record Result(List<ModelRelease> releases, Map<String, KnowledgeScore> knowledge) {
    public Result {
      releases = List.copyOf(releases);
      knowledge = Map.copyOf(knowledge);
    }
  }
}
