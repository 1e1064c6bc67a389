/* python.exe and py.exe for wine: hands its arguments to the host's Python, with drive paths turned into the host's paths.
 *
 * wine does not wait for a process of the host, so host.sh leaves the exit status in a file, and this program waits for
 * the file. Set by the test: WUHAO_WINE_HOST, the path of host.sh; WUHAO_WINE_STATUS, a folder for those files. */
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

#define LONGEST 32767
#define TICK 20
#define TICKS (180 * 1000 / TICK)

typedef char *(CDECL *unix_name)(const WCHAR *);

static wchar_t line[LONGEST + 1] = L"\"\\\\?\\unix\\bin\\sh\"";

static void append(const wchar_t *text) {
    if (wcslen(line) + wcslen(text) + 4 > LONGEST) ExitProcess(66);
    wcscat(line, L" \"");
    wcscat(line, text);
    wcscat(line, L"\"");
}

/* A drive path as the host knows it, anything else as it is. */
static const wchar_t *host_path(const wchar_t *text) {
    unix_name convert = (unix_name)(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "wine_get_unix_file_name");
    char *path = convert && iswalpha(text[0]) && text[1] == L':' ? convert(text) : NULL;
    if (!path) return text;
    int room = MultiByteToWideChar(CP_UTF8, 0, path, -1, NULL, 0);
    wchar_t *wide = HeapAlloc(GetProcessHeap(), 0, room * sizeof(wchar_t));
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, room);
    return wide;
}

static int status(const wchar_t *file) {
    for (int tick = 0; tick < TICKS; tick++, Sleep(TICK)) {
        FILE *stream = _wfopen(file, L"r");
        int code = 68;
        if (!stream) continue;
        fscanf(stream, "%d", &code);
        fclose(stream);
        return code;
    }
    return 69;
}

int wmain(int argc, wchar_t **argv) {
    const wchar_t *host = _wgetenv(L"WUHAO_WINE_HOST"), *folder = _wgetenv(L"WUHAO_WINE_STATUS");
    wchar_t self[MAX_PATH], left[1024], seen[1024];
    STARTUPINFOW start = { sizeof start };
    PROCESS_INFORMATION made;
    if (!host || !folder) return 64;
    GetModuleFileNameW(NULL, self, MAX_PATH);
    swprintf(left, 1024, L"%ls/%lu", folder, GetCurrentProcessId());
    swprintf(seen, 1024, L"\\\\?\\unix%ls", left);
    for (wchar_t *at = seen; *at; at++) if (*at == L'/') *at = L'\\';
    append(host);
    append(left);
    append(host_path(self));
    /* py.exe -3: the host has one Python, which knows no such option. */
    for (int i = argc > 1 && !wcscmp(argv[1], L"-3") ? 2 : 1; i < argc; i++) append(host_path(argv[i]));
    if (!CreateProcessW(L"\\\\?\\unix\\bin\\sh", line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made)) return 67;
    return status(seen);
}
