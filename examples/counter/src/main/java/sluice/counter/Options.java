package sluice.counter;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.util.TimeUtils;

/** The program arguments. An unknown or incomplete one throws, so that main() fails at once. */
final class Options implements Serializable {
    private static final long serialVersionUID = 1L;

    String out;
    String name = "counter";
    double rate = 200;
    long count = Long.MAX_VALUE;
    int keys = 16;
    int parallelism;
    String uidSuffix = "";
    boolean extraOperator;
    int stateMb;
    String backend = "";
    Duration checkpointInterval;

    long failAt = -1;
    long failFrom = -1;
    String failOnce;
    String mainThrows;
    boolean mainHangs;
    boolean hangAfterSubmit;
    boolean secondExecuteThrows;

    private Options() {}

    static Options parse(String[] args) {
        Options options = new Options();
        int i = 0;
        while (i < args.length) {
            String option = args[i++];
            if (options.setFlag(option)) {
                continue;
            }
            if (i == args.length) {
                throw new IllegalArgumentException(
                        option + ": unknown option, or its value is missing");
            }
            options.setValue(option, args[i++]);
        }
        options.check();
        return options;
    }

    private boolean setFlag(String option) {
        switch (option) {
            case "--extra-operator": return extraOperator = true;
            case "--main-hangs": return mainHangs = true;
            case "--hang-after-submit": return hangAfterSubmit = true;
            case "--second-execute-throws": return secondExecuteThrows = true;
            default: return false;
        }
    }

    private void setValue(String option, String value) {
        switch (option) {
            case "--out": out = value; break;
            case "--name": name = value; break;
            case "--rate": rate = Double.parseDouble(value); break;
            case "--count": count = Long.parseLong(value); break;
            case "--keys": keys = Integer.parseInt(value); break;
            case "--parallelism": parallelism = Integer.parseInt(value); break;
            case "--uid-suffix": uidSuffix = value; break;
            case "--state-mb": stateMb = Integer.parseInt(value); break;
            case "--backend": backend = value; break;
            case "--checkpoint-interval":
                checkpointInterval = TimeUtils.parseDuration(value);
                break;
            case "--fail-at": failAt = Long.parseLong(value); break;
            case "--fail-from": failFrom = Long.parseLong(value); break;
            case "--fail-once": failOnce = value; break;
            case "--main-throws": mainThrows = value; break;
            default: throw new IllegalArgumentException(option + ": unknown option");
        }
    }

    private void check() {
        require(mainThrows != null || out != null && out.startsWith("/"),
                "--out needs an absolute file name");
        require(failOnce == null || failOnce.startsWith("/"),
                "--fail-once needs an absolute file name");
        require(rate > 0, "--rate must be above 0");
        require(count > 0, "--count must be above 0");
        require(keys > 0 && keys <= 1_000_000, "--keys must be 1 to 1000000");
        require(parallelism >= 0 && parallelism <= CounterJob.MAX_PARALLELISM,
                "--parallelism must be 1 to " + CounterJob.MAX_PARALLELISM);
        require(stateMb >= 0 && stateMb <= 10_000, "--state-mb must be 0 to 10000");
        require(backend.isEmpty() || backend.equals("hashmap") || backend.equals("rocksdb"),
                "--backend is hashmap or rocksdb");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
