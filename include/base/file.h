/* Files: whole, capped, never through a link, and replaced so that a power cut leaves either the
 * old or the new one. */
#ifndef SPRIJIN_BASE_FILE_H
#define SPRIJIN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Appends the whole file to out. ERR_LIMIT above max bytes; ERR_NOT_FOUND, ERR_IO, ERR_RIGHTS. */
enum err file_read(const char *path, size_t max, struct str *out, struct err_info *err);
/* tmp in the same folder, fsync, rename, fsync of the folder; mode as given (0600). */
enum err file_replace(const char *path, const void *bytes, size_t n, unsigned mode,
                      struct err_info *err);
/* Creates; ERR_EXISTS if it is there. fsynced with its folder. */
enum err file_create(const char *path, const void *bytes, size_t n, unsigned mode,
                     struct err_info *err);
bool file_exists(const char *path);
/* Creates the folder (not its parents), mode 0700, fsyncs the parent. ERR_EXISTS if there. */
enum err file_mkdir(const char *path, struct err_info *err);
/* Removes a folder of plain files and folders, depth at most 8, following no link. */
enum err file_remove_tree(const char *path, struct err_info *err);
/* Names in a folder that end with suffix, sorted by bytes, each '\n'-terminated, into out. */
enum err file_list(const char *dir, const char *suffix, struct str *out, struct err_info *err);
/* dir + "/" + name, owned by caller (free). */
char *file_join(const char *dir, const char *name);

#endif
