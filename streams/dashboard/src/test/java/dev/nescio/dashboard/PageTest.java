package dev.nescio.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real Chromium. Pictures are kept when {@code -Dnescio.screenshots=DIRECTORY} is given; without a
 * Chromium on the {@code PATH} the test is skipped by name.
 */
class PageTest {

  private static final double SOON_MILLIS = 20_000;

  @TempDir static Path directory;
  private static Playwright playwright;
  private static Browser browser;
  private static RunningDashboard running;

  private final List<String> errors = new ArrayList<>();
  private final List<String> foreign = new ArrayList<>();
  private BrowserContext context;

  @BeforeAll
  static void start() {
    Optional<Path> chromium = chromium();
    assumeTrue(
        chromium.isPresent(),
        "SKIPPED: PageTest found no chromium, chromium-browser or google-chrome on the PATH; "
            + "install Debian's chromium");
    playwright =
        Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.get())
                    .setArgs(
                        List.of(
                            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                            "--disable-background-networking", "--disable-component-update", "--disable-sync")));
    running = new RunningDashboard(directory);
    new Scene(running, Instant.now()).play();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                running.get("/api/answers/latest").body().contains("fact-159")
                    && running.get("/api/state").body().contains("wrong-partition")
                    && running.get("/api/calibration?model=night-1&window=all").body().contains("uncalibrated"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) browser.close();
    if (playwright != null) playwright.close();
    if (running != null) running.close();
  }

  @AfterEach
  void leave() {
    if (context != null) context.close();
  }

  private static Optional<Path> chromium() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(d -> Stream.of("chromium", "chromium-browser", "google-chrome").map(n -> Path.of(d, n)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private Page open(int width, int height, ColorScheme scheme, String hash) {
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setTimezoneId("UTC"));
    Page page = context.newPage();
    page.onConsoleMessage(
        m -> {
          if (m.type().equals("error") || m.type().equals("warning")) errors.add(m.text());
        });
    page.onPageError(errors::add);
    page.onRequest(
        r -> {
          if (!r.url().startsWith(running.server().url().toString())) foreign.add(r.url());
        });
    page.navigate(running.server().url() + hash);
    assertThat(page.locator("#connection")).hasAttribute("data-state", "live", within());
    return page;
  }

  private static LocatorAssertions.HasAttributeOptions within() {
    return new LocatorAssertions.HasAttributeOptions().setTimeout(SOON_MILLIS);
  }

  private static void picture(Page page, String name) {
    String kept = System.getProperty("nescio.screenshots");
    if (kept == null) return;
    page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(kept, name + ".png")).setFullPage(true));
  }

  private static boolean scrollsSideways(Page page) {
    return (boolean) page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth");
  }

  private static double luminance(Page page) {
    return ((Number)
            page.evaluate(
                "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)"
                    + ".reduce((a, b) => a + Number(b), 0) / 765"))
        .doubleValue();
  }

  @Test
  void showsTheStateOfTheSystemAtAGlance() {
    Page page = open(1440, 1000, ColorScheme.LIGHT, "");

    assertThat(page.locator("[data-figure=ece] .value").first()).hasText("0.061");
    assertThat(page.locator("[data-figure=ece] .interval-text")).containsText("0.037 to 0.102");
    assertThat(page.locator("[data-figure=aFpr] .value").first()).hasText("3.1 %");
    assertThat(page.locator("#slice")).containsText("156 labelled answers");
    assertThat(page.locator("#reliability svg.reliability circle.point")).hasCount(10);
    assertThat(page.locator("#reliability svg.reliability"))
        .hasAttribute("aria-label", Pattern.compile("120 labelled answers"));
    assertThat(page.locator("#activity .totals .total-all b")).hasText("160");
    assertThat(page.locator("#models tbody tr")).hasCount(2);
    assertThat(page.locator("#training [data-step=finetune]")).containsText("about 1 min 14 s left");
    assertThat(page.locator("#training [data-step=finetune] [role=progressbar]")).hasAttribute("aria-valuenow", "62");
    assertThat(page.locator("#training .step")).hasCount(8);
    assertThat(page.locator("#releases .release").first()).containsText("A-FPR 0.091 is above 0.05");
    assertThat(page.locator("#releases .release.active")).containsText("base");
    assertThat(page.locator("#answers .answer")).hasCount(60);
    assertThat(page.locator("#accounts")).containsText("Closed");
    assertThat(page.locator("#accounts")).containsText("wrong-partition in inference");
    picture(page, "light");
    assertClean();
  }

  @Test
  void tellsAMonitoringTeamWhatIsWrongAndHowFarTheFiguresCanBeTrusted() {
    Page page = open(1440, 1000, ColorScheme.LIGHT, "");

    assertThat(page.locator("#alerts .alerts li")).containsText("confidences are off by 0.121 (at least 0.061, limit 0.050)");
    page.locator("#alerts summary").click();
    assertThat(page.locator("#alerts details li")).containsText("over: 2.1 % of correct answers are flagged <IDK>");
    assertThat(page.locator("#slice")).containsText("half of the labels within 42 s, 99 % within 2 h 10 min");
    assertThat(page.locator("#slice")).containsText("grader agrees with people on 92.5 % of 40");
    assertThat(page.locator("#accounts .notice")).containsText("1,234 answers of the last 7 days are beyond max.slices");
    assertThat(page.locator("#model option", new Page.LocatorOptions().setHasText("overflow"))).hasCount(0);

    page.locator("#estimator").selectOption("stated");
    assertThat(page.locator("#slice")).containsText("9 labelled answers");
    assertThat(page.url()).contains("estimator=stated");
    assertClean();
  }

  @Test
  void givesTheReasonInPlaceOfAnUndefinedMetric() {
    Page page = open(1440, 1000, ColorScheme.LIGHT, "#model=night-1");

    assertThat(page.locator("[data-figure=ece]")).containsText("No calibrator yet: 18 of 100 labels needed");
    assertThat(page.locator("[data-figure=ece] [role=progressbar]")).hasAttribute("aria-valuenow", "18");
    assertThat(page.locator("[data-figure=aFpr] .value").first()).hasText("3.1 %");
    assertThat(page.locator("#reliability")).containsText("No confidence to compare yet");
    picture(page, "uncalibrated");
    assertClean();
  }

  @Test
  void showsHostileTextAsText() {
    Page page = open(1440, 1000, ColorScheme.LIGHT, "");

    Locator hostile = page.locator("#answers .candidate", new Page.LocatorOptions().setHasText("<script>"));
    assertThat(hostile).hasText(Scene.HOSTILE);
    assertThat(page.locator("#answers img")).hasCount(0);
    assertThat(page.evaluate("() => window.hostile === undefined")).isEqualTo(true);
    assertClean();
  }

  @Test
  void followsTheSystemsColoursAndTheToggle() {
    Page page = open(1440, 1000, ColorScheme.DARK, "");
    assertThat(luminance(page)).isLessThan(0.2);
    picture(page, "dark");

    page.locator("#theme").click();
    assertThat(luminance(page)).isGreaterThan(0.8);
    page.reload();
    assertThat(page.locator("#connection")).hasAttribute("data-state", "live", within());
    assertThat(luminance(page)).isGreaterThan(0.8);
    page.locator("#theme").click();
    assertThat(luminance(page)).isLessThan(0.2);
    assertClean();
  }

  @Test
  void fitsOnAPhone() {
    for (int width : new int[] {320, 390, 768, 1024}) {
      Page page = open(width, 844, ColorScheme.LIGHT, "");
      assertThat(page.locator("#answers .answer")).hasCount(60);
      assertThat(scrollsSideways(page)).as("scrolls sideways at " + width).isFalse();
      picture(page, "width-" + width);
      context.close();
    }
    open(390, 844, ColorScheme.DARK, "");
    assertClean();
  }

  @Test
  void changesModelAndWindowWithTheKeyboardAlone() {
    Page page = open(1440, 1000, ColorScheme.LIGHT, "#window=1h");
    assertThat(page.locator("input[name=window][value='1h']")).isChecked();

    page.locator("input[name=window]:checked").focus();
    page.keyboard().press("ArrowRight");
    assertThat(page.locator("input[name=window][value='24h']")).isChecked();
    assertThat(page.url()).contains("window=24h");

    page.locator("#model").selectOption("night-1");
    assertThat(page.locator("#slice")).containsText("night-1");
    assertThat(page.url()).contains("model=night-1");
    assertClean();
  }

  @Test
  void saysWhatIsAwaitedWhereThereIsNothingYet() {
    DashboardConfig config = new DashboardConfig(0, "localhost:1", "http://localhost:1");
    try (DashboardServer lonely = DashboardServer.start(config)) {
      context = browser.newContext(new Browser.NewContextOptions().setViewportSize(1440, 1000));
      Page page = context.newPage();
      page.navigate(lonely.url().toString());

      assertThat(page.locator("#connection")).hasAttribute("data-state", "lost", within());
      assertThat(page.locator("#connection")).containsText("Broker not reached");
      for (String panel : List.of("figures", "reliability", "activity", "models", "training", "releases", "answers")) {
        assertThat(page.locator("#" + panel + " .empty")).isVisible();
      }
      picture(page, "empty");
    }
  }

  private void assertClean() {
    assertThat(errors).as("messages on the console").isEmpty();
    assertThat(foreign).as("requests to elsewhere").isEmpty();
  }
}
