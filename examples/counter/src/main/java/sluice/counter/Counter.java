package sluice.counter;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts and sums the numbers of each key. Because key k gets k, k+K, k+2K …, both values follow
 * from the number alone: every line is a proof of the state it was written from.
 */
final class Counter extends KeyedProcessFunction<Long, Long, Long> {
    private static final long serialVersionUID = 1L;

    private final Options options;
    private transient ValueState<Long> count;
    private transient ValueState<Long> sum;
    private transient Ballast ballast;
    private transient LineLog log;

    Counter(Options options) {
        this.options = options;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        sum = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", Types.LONG));
        if (options.stateMb > 0) {
            ballast = new Ballast(options, getRuntimeContext());
        }
        log = new LineLog(options.out, getRuntimeContext());
    }

    @Override
    public void processElement(Long n, Context context, Collector<Long> out) throws Exception {
        long key = context.getCurrentKey();
        long c = orZero(count.value()) + 1;
        long s = orZero(sum.value()) + n;
        count.update(c);
        sum.update(s);
        String damage = ballast == null ? null : ballast.touch(key, c);
        log.write("record", "k=" + key + " c=" + c + " s=" + s + " n=" + n,
                verdict(key, n, c, s, damage));
        out.collect(n);
    }

    private String verdict(long key, long n, long c, long s, String damage) {
        long wantCount = n / options.keys + 1;
        long wantSum = wantCount * key + options.keys * (wantCount * (wantCount - 1) / 2);
        if (c != wantCount) {
            return "BAD(count!=" + wantCount + ")";
        }
        if (s != wantSum) {
            return "BAD(sum!=" + wantSum + ")";
        }
        return damage == null ? "ok" : "BAD(" + damage + ")";
    }

    private static long orZero(Long value) {
        return value == null ? 0 : value;
    }

    @Override
    public void close() throws Exception {
        if (log != null) {
            log.close();
        }
    }
}
