import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judges files with veraPDF's engine: one line a file and flavour, then each broken rule. */
public class Vera {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean allGood = true;
        for (String flavour : args[0].split(",")) {
            for (int i = 1; i < args.length; i++) {
                allGood &= judge(args[i], PDFAFlavour.fromString(flavour));
            }
        }
        System.exit(allGood ? 0 : 1);
    }

    private static boolean judge(String path, PDFAFlavour flavour) throws Exception {
        try (FileInputStream in = new FileInputStream(path);
                PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(
                    flavour.getId() + "\t" + path + "\t" + result.isCompliant() + "\t" + result.getTotalAssertions());
            Map<String, Integer> broken = new TreeMap<>();
            for (TestAssertion test : result.getTestAssertions()) {
                if (test.getStatus() == TestAssertion.Status.FAILED) {
                    broken.merge(test.getRuleId().getClause() + " " + test.getMessage(), 1, Integer::sum);
                }
            }
            broken.forEach((rule, times) -> System.out.println("\t" + times + " x " + rule));
            return result.isCompliant();
        }
    }
}
