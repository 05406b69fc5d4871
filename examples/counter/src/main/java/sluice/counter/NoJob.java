package sluice.counter;

/** A second entry class in the same jar, one that never submits a job: Flink refuses to run it. */
public final class NoJob {
    private NoJob() {}

    public static void main(String[] args) {
        System.out.println("no execute() here");
    }
}
