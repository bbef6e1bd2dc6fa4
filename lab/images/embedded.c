/* `milvus run standalone` for Milvus 2.1.0: its Python package has the server as a library, with one function that returns when the server ends. */
#include <stdio.h>
#include <string.h>

extern void startEmbedded(void);

int main(int argc, char **argv) {
  if (argc != 3 || strcmp(argv[1], "run") != 0 || strcmp(argv[2], "standalone") != 0) {
    fprintf(stderr, "usage: milvus run standalone (this build of 2.1.0 has no other role)\n");
    return 1;
  }
  startEmbedded();
  return 0;
}
