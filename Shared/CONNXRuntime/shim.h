#pragma once
// The part of ONNX Runtime's C interface that the studio calls. Its functions live in one table which only ever grows at its
// end (onnxruntime_c_api.h: "ORT_API_VERSION", "DO NOT MODIFY ABOVE"), so the entries are declared here at their places and
// everything between them is left out. No header and no library of ONNX Runtime is needed to build.
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

typedef struct OrtEnv OrtEnv;
typedef struct OrtStatus OrtStatus;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtModelMetadata OrtModelMetadata;

#pragma clang assume_nonnull begin

/// NULL when a call succeeded; otherwise released by ReleaseStatus.
typedef OrtStatus *_Nullable OrtResult;

/// OrtErrorCode.
enum { AVS_ORT_INVALID_ARGUMENT = 2 };

/// OrtLoggingLevel, OrtAllocatorType and OrtMemType, GraphOptimizationLevel.
enum { AVS_ORT_LOG_FATAL = 4, AVS_ORT_DEVICE_ALLOCATOR = 0, AVS_ORT_MEMORY_DEFAULT = 0 };
enum { AVS_ORT_OPTIMIZE_NOTHING = 0, AVS_ORT_OPTIMIZE_ALL = 99 };

/// The version of the table that holds every entry below; libraries of this version and all later ones give it out.
static const uint32_t avs_ort_api_version = 17;

typedef struct OrtApi {
    const void *skipped_0[1];
    int (*GetErrorCode)(const OrtStatus *status);
    const char *(*GetErrorMessage)(const OrtStatus *status);
    OrtResult (*CreateEnv)(int level, const char *name, OrtEnv *_Nullable *_Nonnull out);
    const void *skipped_4[3];
    OrtResult (*CreateSession)(
        const OrtEnv *environment, const char *path, const OrtSessionOptions *options, OrtSession *_Nullable *_Nonnull out);
    const void *skipped_8[1];
    OrtResult (*Run)(
        OrtSession *session, const OrtRunOptions *_Nullable options, const char *_Nullable const *_Nonnull input_names,
        const OrtValue *_Nullable const *_Nonnull inputs, size_t input_count, const char *_Nullable const *_Nonnull output_names,
        size_t output_count, OrtValue *_Nullable *_Nonnull outputs);
    OrtResult (*CreateSessionOptions)(OrtSessionOptions *_Nullable *_Nonnull out);
    const void *skipped_11[6];
    OrtResult (*DisableMemPattern)(OrtSessionOptions *options);
    const void *skipped_18[1];
    OrtResult (*DisableCpuMemArena)(OrtSessionOptions *options);
    const void *skipped_20[3];
    OrtResult (*SetSessionGraphOptimizationLevel)(OrtSessionOptions *options, int level);
    OrtResult (*SetIntraOpNumThreads)(OrtSessionOptions *options, int count);
    OrtResult (*SetInterOpNumThreads)(OrtSessionOptions *options, int count);
    const void *skipped_26[4];
    OrtResult (*SessionGetInputCount)(const OrtSession *session, size_t *out);
    OrtResult (*SessionGetOutputCount)(const OrtSession *session, size_t *out);
    const void *skipped_32[1];
    OrtResult (*SessionGetInputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo *_Nullable *_Nonnull out);
    OrtResult (*SessionGetOutputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo *_Nullable *_Nonnull out);
    const void *skipped_35[1];
    OrtResult (*SessionGetInputName)(
        const OrtSession *session, size_t index, OrtAllocator *allocator, char *_Nullable *_Nonnull out);
    OrtResult (*SessionGetOutputName)(
        const OrtSession *session, size_t index, OrtAllocator *allocator, char *_Nullable *_Nonnull out);
    const void *skipped_38[10];
    OrtResult (*CreateTensorAsOrtValue)(
        OrtAllocator *allocator, const int64_t *_Nullable shape, size_t rank, int type, OrtValue *_Nullable *_Nonnull out);
    OrtResult (*CreateTensorWithDataAsOrtValue)(
        const OrtMemoryInfo *memory, void *_Nullable data, size_t byte_count, const int64_t *_Nullable shape, size_t rank, int type,
        OrtValue *_Nullable *_Nonnull out);
    const void *skipped_50[1];
    OrtResult (*GetTensorMutableData)(OrtValue *value, void *_Nullable *_Nonnull out);
    const void *skipped_52[3];
    OrtResult (*CastTypeInfoToTensorInfo)(
        const OrtTypeInfo *info, const OrtTensorTypeAndShapeInfo *_Nullable *_Nonnull out);
    const void *skipped_56[4];
    OrtResult (*GetTensorElementType)(const OrtTensorTypeAndShapeInfo *info, int *out);
    OrtResult (*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *info, size_t *out);
    OrtResult (*GetDimensions)(const OrtTensorTypeAndShapeInfo *info, int64_t *out, size_t count);
    const void *skipped_63[2];
    OrtResult (*GetTensorTypeAndShape)(const OrtValue *value, OrtTensorTypeAndShapeInfo *_Nullable *_Nonnull out);
    const void *skipped_66[3];
    OrtResult (*CreateCpuMemoryInfo)(int allocator_type, int memory_type, OrtMemoryInfo *_Nullable *_Nonnull out);
    const void *skipped_70[6];
    OrtResult (*AllocatorFree)(OrtAllocator *allocator, void *_Nullable pointer);
    const void *skipped_77[1];
    OrtResult (*GetAllocatorWithDefaultOptions)(OrtAllocator *_Nullable *_Nonnull out);
    const void *skipped_79[14];
    void (*ReleaseStatus)(OrtStatus *status);
    const void *skipped_94[1];
    void (*ReleaseSession)(OrtSession *session);
    void (*ReleaseValue)(OrtValue *value);
    const void *skipped_97[1];
    void (*ReleaseTypeInfo)(OrtTypeInfo *info);
    void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *info);
    void (*ReleaseSessionOptions)(OrtSessionOptions *options);
    const void *skipped_101[10];
    OrtResult (*SessionGetModelMetadata)(const OrtSession *session, OrtModelMetadata *_Nullable *_Nonnull out);
    const void *skipped_112[4];
    OrtResult (*ModelMetadataLookupCustomMetadataMap)(
        const OrtModelMetadata *metadata, OrtAllocator *allocator, const char *key, char *_Nullable *_Nonnull out);
    const void *skipped_117[1];
    void (*ReleaseModelMetadata)(OrtModelMetadata *metadata);
    const void *skipped_119[4];
    OrtResult (*ModelMetadataGetCustomMetadataMapKeys)(
        const OrtModelMetadata *metadata, OrtAllocator *allocator, char *_Nullable *_Nullable *_Nonnull out, int64_t *count);
    const void *skipped_124[6];
    OrtResult (*AddSessionConfigEntry)(OrtSessionOptions *options, const char *key, const char *value);
} OrtApi;

#define AVS_ORT_AT(name, index) \
    _Static_assert(offsetof(OrtApi, name) == (index) * sizeof(void *), #name " is entry " #index " of the table")
AVS_ORT_AT(Run, 9);
AVS_ORT_AT(SetIntraOpNumThreads, 24);
AVS_ORT_AT(SessionGetInputCount, 30);
AVS_ORT_AT(SessionGetOutputName, 37);
AVS_ORT_AT(CreateTensorAsOrtValue, 48);
AVS_ORT_AT(GetTensorElementType, 60);
AVS_ORT_AT(CreateCpuMemoryInfo, 69);
AVS_ORT_AT(GetAllocatorWithDefaultOptions, 78);
AVS_ORT_AT(ReleaseSessionOptions, 100);
AVS_ORT_AT(ReleaseModelMetadata, 118);
AVS_ORT_AT(AddSessionConfigEntry, 130);

typedef struct OrtApiBase {
    const OrtApi *_Nullable (*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
} OrtApiBase;

/// The table of the library at `path`, which stays loaded; NULL when there is no such library or it is older than version 17.
static inline const OrtApi *_Nullable avs_ort_load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return NULL;
    const OrtApiBase *(*base)(void) = (const OrtApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
    return base ? base()->GetApi(avs_ort_api_version) : NULL;
}

#pragma clang assume_nonnull end
