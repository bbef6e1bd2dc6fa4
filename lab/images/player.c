// Plays Milvus on the node lab, in a few hundred kilobytes: answers /healthz on port 9091, and misbehaves as the environment variable PLAY says.
// PLAY is a list of words: never-ready, ready-after=5, unready-after=60, crash-after=2, exit-code=3, eat-after=1 (memory, until it is killed),
// fill-after=1 (its own file system, until the pod is evicted), linger=40 (goes on for so long after SIGTERM). Numbers are seconds.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEVER 1e9
static volatile sig_atomic_t asked_to_end = 0;
static void end(int signal) { asked_to_end = 1; }
static void bury(int signal) { while (waitpid(-1, 0, WNOHANG) > 0) {} }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

// The number behind a word of PLAY: 0 for a word alone, `otherwise` where it is not there.
static double play(const char *word, double otherwise) {
  const char *text = getenv("PLAY");
  const size_t length = strlen(word);
  for (const char *at = text; at && *at; at += strcspn(at, " "), at += strspn(at, " ")) {
    if (strncmp(at, word, length) == 0 && strchr(" =", at[length])) return at[length] == '=' ? atof(at + length + 1) : 0;
  }
  return otherwise;
}

static int listening(void) {
  int on = 1, server = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9091)};
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 16)) { perror("player: port 9091"); exit(1); }
  return server;
}

static void answer(int server, int healthy) {
  static char request[4096];
  static const char *well = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
  static const char *ill = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 8\r\nConnection: close\r\n\r\nabnormal";
  int client = accept(server, 0, 0);
  if (client < 0) return;
  const char *text = healthy ? well : ill;
  if (read(client, request, sizeof request) > 0 && write(client, text, strlen(text)) < 0) perror("player: answer");
  close(client);
}

static void eat(void) {
  const size_t bite = 1 << 20;
  printf("player: [ERROR] [querynode] loading segments, memory usage grows\n");
  for (;;) memset(malloc(bite), 1, bite);
}

static void fill(void) {
  static char block[1 << 20];
  printf("player: [ERROR] [querynode] writing to the local cache until it is full\n");
  int file = open("/cache", O_WRONLY | O_CREAT, 0600);
  for (int megabytes = 0; megabytes < 64; megabytes++) if (write(file, block, sizeof block) < 0) perror("player: write");
  close(file);
}

int main(void) {
  const double born = now(), ready = play("never-ready", NEVER) == 0 ? NEVER : play("ready-after", 0);
  const double unready = play("unready-after", NEVER), crash = play("crash-after", NEVER), linger = play("linger", 0);
  double eats = play("eat-after", NEVER), fills = play("fill-after", NEVER), asked = NEVER;
  setvbuf(stdout, 0, _IONBF, 0);
  signal(SIGTERM, end);
  signal(SIGINT, end);
  signal(SIGCHLD, bury);
  signal(SIGPIPE, SIG_IGN);
  int server = listening();
  printf("player: [INFO] started\n");
  for (;;) {
    struct pollfd waiting = {.fd = server, .events = POLLIN};
    int count = poll(&waiting, 1, 100);
    const double age = now() - born;
    if (count > 0) answer(server, age >= ready && age < unready);
    if (asked_to_end && asked == NEVER) { asked = age; printf("player: [INFO] asked to end, going on for %.0f s\n", linger); }
    if (age >= asked + linger) return 0;
    if (age >= crash) { printf("player: [FATAL] [etcd] panic: cannot connect to the metastore\n"); return (int)play("exit-code", 1); }
    if (age >= eats) eat();
    if (age >= fills) { fills = NEVER; fill(); }
  }
}
