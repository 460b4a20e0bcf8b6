/* lib/io: what arrives in pieces, too much of it, and disks that are full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "buffer.h"
#include "io/copy.h"
#include "io/input.h"
#include "io/output.h"

static uint8_t pattern(uint64_t at)
{
	return (uint8_t)(at * 31 + at / 253);
}

static struct buffer make_pattern(size_t n)
{
	struct buffer b = { 0 };
	uint8_t *p = buffer_add(&b, n);

	for (size_t i = 0; i < n; i++)
		p[i] = pattern(i);
	return b;
}

static void expect_pad(const struct input *in)
{
	for (int i = 0; i < INPUT_PAD; i++)
		assert_int_equal(in->end[i], 0);
}

/* Everything unparsed is kept, and knows its offset. */
static void expect_waiting(const struct input *in)
{
	for (const uint8_t *p = in->pos; p < in->end; p++)
		assert_int_equal(*p, pattern(input_offset(in, p)));
	expect_pad(in);
}

static void test_input_offsets(void **state)
{
	struct buffer b = make_pattern(3 * INPUT_SIZE + 777);
	int fd = file_of(b.data, b.len);
	struct input in;

	(void)state;
	input_open(&in, fd);
	expect_pad(&in);
	while (input_more(&in) > 0) {
		expect_waiting(&in);
		in.pos += 3 * (in.end - in.pos) / 4;
	}
	expect_waiting(&in);
	assert_int_equal(input_offset(&in, in.end), b.len);
	assert_true(in.eof);
	assert_int_equal(in.error, 0);
	assert_int_equal(input_more(&in), 0);
	assert_int_equal(in.size, INPUT_SIZE);
	input_close(&in);
	close(fd);
	buffer_free(&b);
}

/* The buffer grows with what waits in it, up to its limit. */
static void test_input_limit(void **state)
{
	struct buffer b = make_pattern(INPUT_MAX + 1);
	int fd = file_of(b.data, b.len);
	struct input in;

	(void)state;
	input_open(&in, fd);
	while (input_more(&in) > 0)
		assert_in_range(in.size, 0, 2 * (size_t)(in.end - in.pos));
	assert_int_equal(in.end - in.pos, INPUT_MAX);
	assert_int_equal(in.size, INPUT_MAX);
	assert_int_equal(input_more(&in), -1);
	assert_int_equal(in.error, 0);
	assert_false(in.eof);
	expect_waiting(&in);
	in.pos++;
	assert_int_equal(input_more(&in), 1);
	expect_waiting(&in);
	assert_int_equal(input_offset(&in, in.end), b.len);
	input_close(&in);
	close(fd);
	buffer_free(&b);
}

struct feeder {
	int fd;
	size_t size, piece;
	pthread_t reader;
};

/* Writes a pattern in pieces, with a signal to the reader before each. */
static void *feed(void *to)
{
	const struct feeder *feeder = to;
	struct buffer b = make_pattern(feeder->size);

	for (size_t at = 0; at < b.len; at += feeder->piece) {
		size_t n = b.len - at;
		pthread_kill(feeder->reader, SIGUSR1);
		if (write(feeder->fd, b.data + at,
			  n < feeder->piece ? n : feeder->piece) < 0)
			abort();
	}
	close(feeder->fd);
	buffer_free(&b);
	return NULL;
}

static void on_signal(int number)
{
	(void)number;
}

static void reads_pieces(size_t size, size_t piece)
{
	struct sigaction action = { .sa_handler = on_signal }, before;
	struct feeder feeder = { .size = size, .piece = piece };
	uint64_t total = 0;
	pthread_t thread;
	struct input in;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	feeder.fd = fds[1];
	feeder.reader = pthread_self();
	input_open(&in, fds[0]);
	assert_int_equal(pthread_create(&thread, NULL, feed, &feeder), 0);
	while (input_more(&in) > 0) {
		expect_waiting(&in);
		total += (uint64_t)(in.end - in.pos);
		in.pos = in.end;
	}
	assert_int_equal(total, size);
	assert_int_equal(in.error, 0);
	pthread_join(thread, NULL);
	sigaction(SIGUSR1, &before, NULL);
	input_close(&in);
	close(fds[0]);
}

/* Short reads, and reads that a signal interrupts. */
static void test_input_pipe(void **state)
{
	(void)state;
	reads_pieces(300, 1);
	reads_pieces(100000, 4097);
	reads_pieces(3000000, 70001);
}

static void test_input_error(void **state)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct input in;

	(void)state;
	input_open(&in, fd);
	assert_int_equal(input_more(&in), -1);
	assert_int_equal(in.error, EISDIR);
	assert_int_equal(input_more(&in), -1);
	expect_pad(&in);
	input_close(&in);
	close(fd);
}

static uint64_t told;

static void tell(uint64_t offset)
{
	told = offset;
}

static void test_input_progress(void **state)
{
	struct buffer b = make_pattern(INPUT_SIZE + 10);
	int fd = file_of(b.data, b.len);
	struct input in;

	(void)state;
	input_open(&in, fd);
	in.on_read = tell;
	while (input_more(&in) > 0) {
		assert_int_equal(told, input_offset(&in, in.end));
		in.pos = in.end;
	}
	assert_int_equal(told, b.len);
	input_close(&in);
	close(fd);
	buffer_free(&b);
}

/* Writes of any size arrive in their order. */
static void test_output_sizes(void **state)
{
	static const size_t sizes[] = { 0,
					1,
					OUTPUT_ROOM - 1,
					7,
					OUTPUT_ROOM,
					3,
					OUTPUT_ROOM + 1,
					OUTPUT_SIZE,
					5,
					1000000,
					2 };
	struct buffer b = make_pattern(2000000), written;
	struct output out;
	size_t at = 0;
	int fd = file_of("", 0);

	(void)state;
	output_open(&out, fd);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		output_write(&out, b.data + at, sizes[i]);
		at += sizes[i];
	}
	output_write(&out, NULL, 0);
	b.len = at;
	assert_int_equal(output_flush(&out), 0);
	output_close(&out);
	written = read_file(fd);
	assert_true(buffer_equal(&b, &written));
	buffer_free(&b);
	buffer_free(&written);
}

static void test_output_room(void **state)
{
	struct buffer written;
	struct output out;
	int fd = file_of("", 0);

	(void)state;
	output_open(&out, fd);
	for (int i = 0; i < 5; i++) {
		uint8_t *p = output_room(&out, OUTPUT_ROOM);
		memset(p, 'a' + i, OUTPUT_ROOM);
		output_used(&out, p + OUTPUT_ROOM - i);
	}
	assert_int_equal(output_flush(&out), 0);
	output_close(&out);
	written = read_file(fd);
	assert_int_equal(written.len, 5 * OUTPUT_ROOM - 10);
	assert_int_equal(written.data[written.len - 1], 'e');
	assert_int_equal(written.data[OUTPUT_ROOM], 'b');
	buffer_free(&written);
}

/* The first error stays, and nothing is written after it. */
static void test_output_full(void **state)
{
	struct buffer b = make_pattern(300000);
	struct output out;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	output_open(&out, fd);
	output_write(&out, b.data, 10);
	assert_int_equal(out.error, 0);
	assert_int_equal(output_flush(&out), -1);
	assert_int_equal(out.error, ENOSPC);
	for (int i = 0; i < 3; i++)
		output_write(&out, b.data, b.len);
	assert_int_equal(output_flush(&out), -1);
	assert_int_equal(out.error, ENOSPC);
	output_close(&out);
	close(fd);
	buffer_free(&b);
}

/* As cat does: the reader of a pipe is gone, so are we, without a word. */
static void dies_of_sigpipe(void (*handler)(int))
{
	struct output out;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	pid = fork();
	if (pid == 0) {
		(void)signal(SIGPIPE, handler);
		output_open(&out, fds[1]);
		output_write(&out, "x", 1);
		(void)output_flush(&out);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGPIPE);
	close(fds[1]);
}

static void test_output_sigpipe(void **state)
{
	(void)state;
	dies_of_sigpipe(SIG_DFL);
	dies_of_sigpipe(SIG_IGN);
}

static void test_copy_short(void **state)
{
	struct buffer b = make_pattern(600);
	uint8_t to[602];

	(void)state;
	for (size_t n = 0; n <= 600; n++) {
		memset(to, 0xee, sizeof(to));
		assert_ptr_equal(copy_short(to + 1, b.data, n), to + 1 + n);
		assert_memory_equal(to + 1, b.data, n);
		assert_int_equal(to[0], 0xee);
		assert_int_equal(to[n + 1], 0xee);
	}
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_input_offsets),
		cmocka_unit_test(test_input_limit),
		cmocka_unit_test(test_input_pipe),
		cmocka_unit_test(test_input_error),
		cmocka_unit_test(test_input_progress),
		cmocka_unit_test(test_output_sizes),
		cmocka_unit_test(test_output_room),
		cmocka_unit_test(test_output_full),
		cmocka_unit_test(test_output_sigpipe),
		cmocka_unit_test(test_copy_short),
	};

	return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
