package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.inference.CalibratorBook.Fitted;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BooksTest {

  @Nested
  class Policies {

    @Test
    void fallBackFromDomainToTenantToEverybodyToTheBuiltInOne() {
      PolicyBook book = PolicyBook.of(Records.policy("*", "*", "built-in"));
      assertThat(book.lookUp("t", "d").getVersion()).isEqualTo("built-in");
      book = book.with(Records.policy("*", "*", "all"));
      assertThat(book.lookUp("t", "d").getVersion()).isEqualTo("all");
      book = book.with(Records.policy("t", "*", "tenant"));
      assertThat(book.lookUp("t", "d").getVersion()).isEqualTo("tenant");
      book = book.with(Records.policy("t", "d", "one")).with(Records.policy("t", "d", "two"));
      assertThat(book.lookUp("t", "d").getVersion()).isEqualTo("two");
      assertThat(book.lookUp("t", "e").getVersion()).isEqualTo("tenant");
      assertThat(book.lookUp("u", "d").getVersion()).isEqualTo("all");
      assertThat(book.without("t", "d").lookUp("t", "d").getVersion()).isEqualTo("tenant");
    }
  }

  @Nested
  class Calibrators {

    @Test
    void applyToTheirModelAndEstimatorOnly() {
      CalibratorBook book = CalibratorBook.EMPTY.with(live("*", "*", "c1", 150, 1));
      assertThat(version(book, "t", "d", Optional.empty())).contains("c1");
      assertThat(book.lookUp("t", "d", "other", "sequence-probability", Optional.empty())).isEmpty();
      assertThat(book.lookUp("t", "d", "m", "other", Optional.empty())).isEmpty();
    }

    @Test
    void fallBackToMoreGeneralScopes() {
      CalibratorBook book =
          CalibratorBook.EMPTY.with(live("*", "*", "all", 150, 1)).with(live("t", "d", "exact", 150, 0));
      assertThat(version(book, "t", "d", Optional.empty())).contains("exact");
      assertThat(version(book, "t", "e", Optional.empty())).contains("all");
    }

    @Test
    void ofTheReleaseStayUntilALiveOneHasAHundredLabels() {
      Optional<Fitted> own =
          Optional.of(Fitted.of(Records.calibrator("*", "*", "m", "own", 60, FittedBy.RELEASE, 0)));
      CalibratorBook few = CalibratorBook.EMPTY.with(live("*", "*", "few", 99, 5));
      assertThat(version(few, "t", "d", own)).contains("own");
      assertThat(version(few, "t", "d", Optional.empty())).contains("few");
      assertThat(version(few.with(live("*", "*", "enough", 100, 6)), "t", "d", own)).contains("enough");
    }

    @Test
    void ofTheReleaseWinWhenTheyAreLater() {
      Optional<Fitted> own =
          Optional.of(Fitted.of(Records.calibrator("*", "*", "m", "own", 60, FittedBy.RELEASE, 9)));
      CalibratorBook book = CalibratorBook.EMPTY.with(live("*", "*", "earlier", 500, 5));
      assertThat(version(book, "t", "d", own)).contains("own");
    }

    @Test
    void thatCannotBeAppliedAreRefused() {
      Calibrator unknown = live("*", "*", "c", 150, 1);
      unknown.setMethod("magic");
      assertThatThrownBy(() -> CalibratorBook.EMPTY.with(unknown)).hasMessageContaining("magic");
    }

    private static Calibrator live(String tenant, String domain, String version, long n, int second) {
      return Records.calibrator(tenant, domain, "m", version, n, FittedBy.EVALUATION, second);
    }

    private static Optional<String> version(
        CalibratorBook book, String tenant, String domain, Optional<Fitted> own) {
      return book.lookUp(tenant, domain, "m", "sequence-probability", own).map(f -> f.calibrator().getVersion());
    }
  }

  @Nested
  class Releases {

    @Test
    void followTheLastOneOfEachChannel() {
      ReleaseBook book =
          ReleaseBook.EMPTY
              .with(Records.release("v1", "champion", ReleaseState.CHAMPION))
              .with(Records.release("v2", "champion", ReleaseState.CANDIDATE))
              .with(Records.release("v2", "shadow", ReleaseState.SHADOW));
      assertThat(book.inForce("champion").map(ModelRelease::getVersion)).contains("v1");
      assertThat(book.inForce("shadow").map(ModelRelease::getVersion)).contains("v2");
      book = book.with(Records.release("v2", "champion", ReleaseState.CHAMPION));
      assertThat(book.inForce("champion").map(ModelRelease::getVersion)).contains("v2");
    }

    @Test
    void goBackToTheOneBeforeWhenRolledBack() {
      ReleaseBook book =
          ReleaseBook.EMPTY
              .with(Records.release("v1", "champion", ReleaseState.CHAMPION))
              .with(Records.release("v2", "champion", ReleaseState.CHAMPION))
              .with(Records.release("v2", "champion", ReleaseState.ROLLED_BACK));
      assertThat(book.inForce("champion").map(ModelRelease::getVersion)).contains("v1");
      book = book.with(Records.release("v1", "champion", ReleaseState.RETIRED));
      assertThat(book.inForce("champion")).isEmpty();
    }
  }
}
