package dev.nescio.model.sampling;

import dev.nescio.language.Sampling;
import java.util.ArrayList;
import java.util.List;

/** Takes away tokens that shall not be drawn. At least the heaviest is left. */
sealed interface Cut {

  /** The tokens that are left; what is given stays as it is. */
  Candidates of(Candidates all);

  /** The cuts that a request asks for, in the order in which they apply. */
  static List<Cut> of(Sampling sampling) {
    List<Cut> cuts = new ArrayList<>();
    if (sampling.topK() > 0) cuts.add(new TopK(sampling.topK()));
    if (sampling.topP() < 1) cuts.add(new TopP(sampling.topP()));
    if (sampling.minP() > 0) cuts.add(new MinP(sampling.minP()));
    return List.copyOf(cuts);
  }

  /**
   * The k heaviest; of equal ones the lower ids. Source: Fan et al. 2018, section 5.4.
   *
   * @param k at least 1
   */
  record TopK(int k) implements Cut {
    @Override
    public Candidates of(Candidates all) {
      return all.heaviest(k);
    }
  }

  /**
   * The smallest set of heaviest tokens that holds at least p of the mass that is there: the nucleus. Source: Holtzman
   * et al. 2020, equation 2.
   *
   * @param p in (0, 1)
   */
  record TopP(double p) implements Cut {
    @Override
    public Candidates of(Candidates all) {
      return all.holding(p);
    }
  }

  /**
   * Tokens at least p times as likely as the most likely one. Source: Nguyen et al. 2024, equation 2.
   *
   * @param p in (0, 1]
   */
  record MinP(double p) implements Cut {
    @Override
    public Candidates of(Candidates all) {
      return all.atLeast(p);
    }
  }
}
