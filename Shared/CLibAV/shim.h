#pragma once
#include <libavformat/avformat.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/base64.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>

// Macros that the importer can not read.
static const int avs_error_eof = AVERROR_EOF;
static const int avs_error_again = AVERROR(EAGAIN);
static const int avs_error_invalid_data = AVERROR_INVALIDDATA;
static const int avs_error_no_space = AVERROR(ENOSPC);
static const int avs_error_file_too_big = AVERROR(EFBIG);
static const int avs_error_io = AVERROR(EIO);
static const int avs_error_decoder_missing = AVERROR_DECODER_NOT_FOUND;
static const int avs_error_demuxer_missing = AVERROR_DEMUXER_NOT_FOUND;
static const int64_t avs_no_pts = AV_NOPTS_VALUE;
static const int avs_input_padding = AV_INPUT_BUFFER_PADDING_SIZE;
static const int avs_seek_size = AVSEEK_SIZE;

/// Keeps the libraries from writing to standard error; their errors come back as codes.
static inline void avs_quiet(void) {
    av_log_set_level(AV_LOG_QUIET);
}

/// Tells an FFmpeg 5.1 channel layout from its native mask.
static inline uint64_t avs_layout_mask(const AVChannelLayout *layout) {
    return layout->order == AV_CHANNEL_ORDER_NATIVE ? layout->u.mask : 0;
}

static inline uint8_t *avs_plane(const AVFrame *frame, int index) {
    return frame->extended_data[index];
}
