package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.Score;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.service.FittedRow;
import dev.nescio.trainer.service.GradedAnswer;
import dev.nescio.trainer.service.IdkPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ClosingTableTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FittedRow UNFITTED =
      new FittedRow(
          new IdkPolicy(IdkMode.EITHER, ThresholdScore.P_IDK, ThresholdTarget.A_FPR_AT_MOST, .05), "lenient",
          Optional.empty(), Optional.empty(), "too few labels");

  /** Three right of six; flagged: one right, two wrong. */
  private static final List<GradedAnswer> SIX =
      List.of(
          answer("q1", "capital", true, true, false, .1),
          answer("q2", "capital", true, false, false, .3),
          answer("q3", "capital", true, true, true, .6),
          answer("q4", "currency", false, false, false, .2),
          answer("q5", "currency", false, false, true, .7),
          answer("q6", "currency", false, false, true, .9));

  @Test
  void everyCellOfAWorkedCaseHasValueCountAndInterval() {
    JsonNode all = json(ReportRow.of("candidate", SIX, UNFITTED)).path("candidate").path("all");

    expect(all, "acc lenient", 3 / 6.0, 6);
    expect(all, "acc strict", 2 / 6.0, 6);
    expect(all, "IDK precision", 2 / 3.0, 3);
    expect(all, "IDK recall", 2 / 3.0, 3);
    // Of what was flagged or wrong: F1 does not see the right answers that were given.
    expect(all, "IDK F1", 2 / 3.0, 4);
    expect(all, "IDK rate", 3 / 6.0, 6);
    expect(all, "A-FPR", 1 / 3.0, 3);
    // Of nine pairs of a wrong and a right answer, p_idk ranks seven in order: .7 and .9 above all, .2 above one.
    expect(all, "AUROC p_idk", 7 / 9.0, 6);
    assertThat(all.path("acc lenient").path("metric").asText()).isEqualTo("accuracy:grader=lenient");
    assertThat(all.path("acc strict").path("metric").asText()).isEqualTo("accuracy:grader=strict");
  }

  @Test
  void withoutACalibratorTheCellsOfTheConfidenceStayEmpty() {
    ReportRow row = ReportRow.of("candidate", SIX, UNFITTED);
    JsonNode all = json(row).path("candidate").path("all");

    for (String heading : List.of("ECE", "Brier", "AUROC conf")) {
      assertThat(all.path(heading).has("metric")).as(heading).isTrue();
      assertThat(all.path(heading).has("value")).as(heading).isFalse();
    }
    assertThat(new ClosingTable(List.of(row)).lines()).anyMatch(line -> line.contains("undefined"));
  }

  @Test
  void aRowWithoutAnswersIsUndefinedEverywhereAndNeverNotANumber() {
    ReportRow row = ReportRow.of("empty", List.of(), UNFITTED);
    List<String> lines = new ClosingTable(List.of(row)).lines();

    assertThat(String.join("\n", lines)).doesNotContain("NaN").contains("undefined");
    json(row).path("empty").path("all").forEach(cell -> assertThat(cell.has("value")).isFalse());
  }

  @Test
  void relationsHaveTablesOfTheirOwnAndMissingOnesADash() {
    ReportRow both = ReportRow.of("both", SIX, UNFITTED);
    ReportRow one = ReportRow.of("one", SIX.subList(0, 3), UNFITTED);

    List<String> lines = new ClosingTable(List.of(both, one)).lines();

    int currency = lines.indexOf("Relation currency");
    assertThat(lines.indexOf("Relation capital")).isPositive().isLessThan(currency);
    assertThat(lines.get(currency + 2)).startsWith("both").contains(".00 [");
    assertThat(lines.get(currency + 3)).matches("one( +-)+");
    assertThat(json(both, one).path("one").has("currency")).isFalse();
    assertThat(json(both, one).path("both").path("capital").path("acc lenient").path("value").asDouble()).isEqualTo(1);
  }

  @Test
  void theLinesStayWithinATerminalOfUsualWidth() {
    assertThat(new ClosingTable(List.of(ReportRow.of("base three-shot", SIX, UNFITTED))).lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(132));
  }

  private static void expect(JsonNode cells, String heading, double value, long n) {
    JsonNode cell = cells.path(heading);
    assertThat(cell.path("value").asDouble(Double.NaN)).as(heading).isCloseTo(value, within(1e-4));
    assertThat(cell.path("n").asLong()).as(heading).isEqualTo(n);
    assertThat(cell.path("low").asDouble()).as(heading).isLessThanOrEqualTo(cell.path("value").asDouble());
    assertThat(cell.path("high").asDouble()).as(heading).isGreaterThanOrEqualTo(cell.path("value").asDouble());
  }

  private static JsonNode json(ReportRow... rows) {
    try {
      return JSON.readTree(JSON.writeValueAsString(new ClosingTable(new ArrayList<>(List.of(rows))).json()));
    } catch (JsonProcessingException e) {
      throw new AssertionError("the table is no JSON", e);
    }
  }

  private static GradedAnswer answer(
      String id, String relation, boolean lenient, boolean strict, boolean idkToken, double pIdk) {
    return new GradedAnswer(
        new KnowledgeItem(id, id + "?", List.of("a"), Optional.of(relation)), "a", Score.probability(.5),
        OptionalDouble.of(pIdk), idkToken, Map.of("lenient", lenient, "strict", strict), 3);
  }
}
