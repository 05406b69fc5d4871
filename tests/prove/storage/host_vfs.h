/* The VFS of the host, by the name HOST_VFS. */
#pragma once

#include <sqlite3.h>

/* As the system's VFS says of any disk. */
#define HOST_SECTOR 4096
#define HOST_TRAITS SQLITE_IOCAP_POWERSAFE_OVERWRITE

void host_vfs_register(void);
