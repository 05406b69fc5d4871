package sluice.counter;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Makes the state of the counter large. Each key owns a number of chunks of random bytes, all
 * written when the key is seen first. Touch number c of a key rewrites chunk c % chunks, so a later
 * checkpoint has something new to store. The bytes follow from key, chunk and the touch that wrote
 * them: a chunk that is missing, damaged, or older or newer than the count says is found out.
 */
final class Ballast {
    static final int CHUNK_BYTES = 8192;

    private final int chunksPerKey;
    private final MapState<Integer, byte[]> chunks;
    /** {count at which the chunks were made, number of chunks}; what was restored wins. */
    private final ValueState<Long[]> origin;
    /** Keys whose chunks were all compared since this task started. */
    private final Set<Long> verified = new HashSet<>();

    Ballast(Options options, RuntimeContext context) {
        long wanted = (long) options.stateMb * 1024 * 1024 / CHUNK_BYTES;
        chunksPerKey = (int) ((wanted + options.keys - 1) / options.keys);
        chunks = context.getMapState(new MapStateDescriptor<>(
                "ballast", Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        origin = context.getState(
                new ValueStateDescriptor<>("ballast-origin", Types.OBJECT_ARRAY(Types.LONG)));
    }

    /** Called in the context of the key. Returns null, or what is wrong (without spaces). */
    String touch(long key, long count) throws Exception {
        Long[] made = origin.value();
        if (made == null) {
            made = new Long[] {count, (long) chunksPerKey};
            origin.update(made);
            for (int i = 0; i < chunksPerKey; i++) {
                chunks.put(i, content(key, i, 0));
            }
            verified.add(key);
        }
        int total = made[1].intValue();
        int slot = (int) (count % total);
        String damage = null;
        if (verified.add(key)) {
            for (int i = 0; i < total && damage == null; i++) {
                damage = compare(key, i, count, made);
            }
        } else {
            damage = compare(key, slot, count, made);
        }
        chunks.put(slot, content(key, slot, count));
        return damage;
    }

    private String compare(long key, int slot, long count, Long[] made) throws Exception {
        byte[] found = chunks.get(slot);
        if (found == null) {
            return "chunk-" + slot + "-missing";
        }
        byte[] wanted = content(key, slot, lastTouch(slot, count, made));
        return Arrays.equals(found, wanted) ? null : "chunk-" + slot + "-wrong";
    }

    /** The newest touch before number count that wrote this slot; 0: none since they were made. */
    private static long lastTouch(int slot, long count, Long[] made) {
        long total = made[1];
        long touch = count - 1 - Math.floorMod(count - 1 - slot, total);
        return touch >= made[0] ? touch : 0;
    }

    private static byte[] content(long key, int slot, long touch) {
        byte[] bytes = new byte[CHUNK_BYTES];
        new SplittableRandom((key * 1_000_003 + slot) * 1_000_003 + touch).nextBytes(bytes);
        return bytes;
    }
}
