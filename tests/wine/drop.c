/* Runs one raw Windows command line (the UTF-8 file argv[1]) as Explorer runs a batch file; gives its exit code.
 * The line goes through a file because the host's own argument passing would quote it anew. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    char bytes[8192] = {0};
    wchar_t line[8192];
    STARTUPINFOW start = { sizeof start };
    PROCESS_INFORMATION made;
    DWORD code = 0;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file) return 66;
    fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[strcspn(bytes, "\r\n")] = 0;
    MultiByteToWideChar(CP_UTF8, 0, bytes, -1, line, 8192);
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made)) return 67;
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, &code);
    return (int)code;
}
