package sluice.counter;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A stateful job whose output proves its state; see the README beside it. */
public final class CounterJob {
    /** Fixed, so that a restore may change the parallelism freely. */
    static final int MAX_PARALLELISM = 128;

    private CounterJob() {}

    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args);
        if (options.mainThrows != null) {
            throw new IllegalStateException(options.mainThrows);
        }
        if (options.mainHangs) {
            hang();
        }
        StreamExecutionEnvironment env = environment(options);
        build(env, options);
        env.execute(options.name);
        if (options.secondExecuteThrows) {
            build(env, options);
            env.execute(options.name + "-again");
            throw new IllegalStateException("the second execute() was expected to throw");
        }
        if (options.hangAfterSubmit) {
            hang();
        }
    }

    private static StreamExecutionEnvironment environment(Options options) {
        Configuration configuration = new Configuration();
        if (!options.backend.isEmpty()) {
            configuration.setString("state.backend.type", options.backend);
            configuration.setString(
                    "execution.checkpointing.incremental",
                    Boolean.toString(options.backend.equals("rocksdb")));
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.configure(configuration);
        env.setMaxParallelism(MAX_PARALLELISM);
        if (options.parallelism > 0) {
            env.setParallelism(options.parallelism);
        }
        if (options.checkpointInterval != null) {
            env.enableCheckpointing(options.checkpointInterval.toMillis());
        }
        return env;
    }

    /**
     * Source and ledger are one task of parallelism 1, because one unbroken sequence is what makes
     * gaps visible; what follows takes the parallelism of the environment.
     */
    private static void build(StreamExecutionEnvironment env, Options options) {
        int keys = options.keys;
        DataGeneratorSource<Long> numbers = new DataGeneratorSource<>(
                n -> n, options.count, RateLimiterStrategy.perSecond(options.rate), Types.LONG);
        DataStream<Long> stream = env
                .fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers", Types.LONG)
                .uid("numbers")
                .setParallelism(1)
                .process(new Ledger(options))
                .returns(Types.LONG)
                .name("ledger")
                .uid("ledger")
                .setParallelism(1);
        SingleOutputStreamOperator<Long> counted = stream
                .keyBy(n -> n % keys, Types.LONG)
                .process(new Counter(options), Types.LONG)
                .name("counter")
                .uid("counter" + options.uidSuffix);
        if (options.extraOperator) {
            counted = counted
                    .keyBy(n -> n % keys, Types.LONG)
                    .process(new ExtraCounter(options), Types.LONG)
                    .name("extra")
                    .uid("extra");
        }
        counted.sinkTo(new DiscardingSink<>()).name("sink").uid("sink");
    }

    private static void hang() throws InterruptedException {
        Thread.currentThread().join();
    }
}
