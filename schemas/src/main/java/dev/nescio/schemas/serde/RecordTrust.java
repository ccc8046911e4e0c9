package dev.nescio.schemas.serde;

import org.apache.avro.Conversion;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Lets Avro load our generated classes. Since 1.12.2 Avro loads no class by the name in a schema unless it is trusted,
 * and that includes what a generated builder needs for its defaults, long before any serde exists. Avro looks for
 * conversions as services whenever a generated class is initialised, so this one, which converts nothing, is the
 * earliest place to say it. Trusted are generated records and enums of our package, nothing else.
 */
public final class RecordTrust extends Conversion<RecordTrust> {

  private static final String PACKAGE = "dev.nescio.schemas";

  static {
    ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();
    ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(before, RecordTrust::isOurs));
  }

  /** For the service loader. */
  public RecordTrust() {}

  @Override
  public Class<RecordTrust> getConvertedType() {
    return RecordTrust.class;
  }

  @Override
  public String getLogicalTypeName() {
    return "nescio-record-trust";
  }

  private static boolean isOurs(Class<?> type) {
    return type.getPackageName().equals(PACKAGE)
        && (SpecificRecord.class.isAssignableFrom(type) || GenericEnumSymbol.class.isAssignableFrom(type));
  }
}
