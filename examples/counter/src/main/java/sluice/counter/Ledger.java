package sluice.counter;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Stands directly behind the source, in the same task, and keeps the next number in state of its
 * own: what the source goes on with after a restore must be exactly that. It writes what was
 * restored, which number each snapshot stands for, and which snapshots were completed. It is also
 * the place where the job fails when it is told to.
 */
final class Ledger extends ProcessFunction<Long, Long>
        implements CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;

    private final Options options;
    private transient ListState<Long> state;
    private transient OptionalLong restored;
    private transient long next;
    private transient LineLog log;

    Ledger(Options options) {
        this.options = options;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        restored = context.getRestoredCheckpointId();
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("next", Types.LONG));
        next = 0;
        for (long value : state.get()) {
            next = value;
        }
    }

    @Override
    public void open(OpenContext context) throws Exception {
        log = new LineLog(options.out, getRuntimeContext());
        String from = restored.isPresent() ? Long.toString(restored.getAsLong()) : "none";
        log.write("start", "restored=" + from + " next=" + next + " keys=" + options.keys, "ok");
    }

    @Override
    public void processElement(Long n, Context context, Collector<Long> out) throws Exception {
        if (n != next) {
            log.write("source", "n=" + n, "BAD(next=" + next + ")");
        }
        failIfTold(n);
        next = n + 1;
        out.collect(n);
    }

    private void failIfTold(long n) throws IOException {
        if (options.failFrom >= 0 && n >= options.failFrom) {
            throw new IllegalStateException("told to fail from " + options.failFrom + " on");
        }
        if (n == options.failAt && firstTime(n)) {
            throw new IllegalStateException("told to fail once at " + n);
        }
        if (options.failOnce != null && Files.deleteIfExists(Path.of(options.failOnce))) {
            throw new IllegalStateException("told to fail once by " + options.failOnce);
        }
    }

    /** True for the first caller only: a file outlives the restore that comes after the failure. */
    private boolean firstTime(long n) throws IOException {
        try {
            Files.createFile(Path.of(options.out + ".failed-at-" + n));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        state.clear();
        state.add(next);
        log.write("snapshot", "id=" + context.getCheckpointId() + " next=" + next, "ok");
    }

    @Override
    public void notifyCheckpointComplete(long id) throws Exception {
        log.write("complete", "id=" + id, "ok");
    }

    @Override
    public void close() throws Exception {
        if (log != null) {
            log.close();
        }
    }
}
