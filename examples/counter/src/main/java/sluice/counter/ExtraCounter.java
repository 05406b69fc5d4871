package sluice.counter;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The operator that --extra-operator adds. It may join a running job late, so it remembers the
 * first number that it saw of each key and proves its count from there.
 */
final class ExtraCounter extends KeyedProcessFunction<Long, Long, Long> {
    private static final long serialVersionUID = 1L;

    private final Options options;
    private transient ValueState<Long> first;
    private transient ValueState<Long> count;
    private transient LineLog log;

    ExtraCounter(Options options) {
        this.options = options;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        first = getRuntimeContext().getState(new ValueStateDescriptor<>("first", Types.LONG));
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        log = new LineLog(options.out, getRuntimeContext());
    }

    @Override
    public void processElement(Long n, Context context, Collector<Long> out) throws Exception {
        if (first.value() == null) {
            first.update(n);
            count.update(0L);
        }
        long c = count.value() + 1;
        count.update(c);
        long want = (n - first.value()) / options.keys + 1;
        log.write("extra",
                "k=" + context.getCurrentKey() + " c=" + c + " first=" + first.value() + " n=" + n,
                c == want ? "ok" : "BAD(count!=" + want + ")");
        out.collect(n);
    }

    @Override
    public void close() throws Exception {
        if (log != null) {
            log.close();
        }
    }
}
