package sluice.counter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Appends lines to the one file that all subtasks of all attempts share.
 *
 * <p>Each line is one write() to a file opened with O_APPEND, so two writers never mix their
 * lines. A process killed in the middle of its write can leave the head of a line; whoever writes
 * next continues behind it. The "@counter" at the start and the checksum at the end let a reader
 * tell such a head from the whole line after it.
 */
final class LineLog implements Closeable {
    private final FileChannel file;
    private final String who;

    LineLog(String path, RuntimeContext context) throws IOException {
        Path target = Path.of(path);
        Files.createDirectories(target.getParent());
        file = FileChannel.open(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        var task = context.getTaskInfo();
        who = " job=" + context.getJobInfo().getJobId()
                + " att=" + task.getAttemptNumber()
                + " sub=" + task.getIndexOfThisSubtask()
                + "/" + task.getNumberOfParallelSubtasks() + " ";
    }

    /**
     * @param fields "key=value key=value"
     * @param verdict "ok", or "BAD(…)" without spaces
     */
    void write(String kind, String fields, String verdict) throws IOException {
        // On Linux nanoTime() is CLOCK_MONOTONIC: comparable between the processes of one boot.
        String text = "@counter " + kind + who + fields
                + " mono=" + System.nanoTime()
                + " wall=" + System.currentTimeMillis()
                + " " + verdict;
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        byte[] line = String.format("%s #%08x\n", text, crc.getValue())
                .getBytes(StandardCharsets.US_ASCII);
        int written = file.write(ByteBuffer.wrap(line));
        if (written != line.length) {
            throw new IOException("only " + written + " bytes of a line were written");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
