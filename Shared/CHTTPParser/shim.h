#pragma once
#include <http_parser.h>
#include <stdint.h>

/// The most header fields a request may have.
#define AVS_MAXIMUM_FIELDS 128
enum { avs_maximum_fields = AVS_MAXIMUM_FIELDS };

/// What http_parser does not know as an error: more than avs_maximum_fields fields, or a head that does not end.
enum { avs_too_many_fields = 1001, avs_head_unfinished = 1002 };

/// One header field, as offsets into the head's bytes.
typedef struct {
    uint32_t name, name_length, value, value_length;
} avs_field;

/// A parsed request head, as offsets into its bytes.
typedef struct {
    const char *base;
    uint32_t target, target_length;
    uint32_t field_count;
    int method, major, minor;
    int keep_alive;
    int complete;
    int overflow;
    avs_field fields[AVS_MAXIMUM_FIELDS];
} avs_request_head;

static inline int avs_on_target(http_parser *parser, const char *at, size_t length) {
    avs_request_head *head = (avs_request_head *)parser->data;
    head->target = (uint32_t)(at - head->base);
    head->target_length = (uint32_t)length;
    return 0;
}

static inline int avs_on_name(http_parser *parser, const char *at, size_t length) {
    avs_request_head *head = (avs_request_head *)parser->data;
    if (head->field_count == AVS_MAXIMUM_FIELDS) {
        head->overflow = 1;
        return 1;
    }
    avs_field *field = &head->fields[head->field_count++];
    field->name = (uint32_t)(at - head->base);
    field->name_length = (uint32_t)length;
    field->value = 0;
    field->value_length = 0;
    return 0;
}

static inline int avs_on_value(http_parser *parser, const char *at, size_t length) {
    avs_request_head *head = (avs_request_head *)parser->data;
    if (head->field_count == 0) return 1;
    avs_field *field = &head->fields[head->field_count - 1];
    field->value = (uint32_t)(at - head->base);
    field->value_length = (uint32_t)length;
    return 0;
}

static inline int avs_on_head_end(http_parser *parser) {
    avs_request_head *head = (avs_request_head *)parser->data;
    head->complete = 1;
    head->keep_alive = http_should_keep_alive(parser);
    return 0;
}

/// Parses one whole request head, which ends with its empty line.
/// Returns 0, an http_errno, or one of the values above.
static inline int avs_parse_request_head(const char *bytes, size_t length, avs_request_head *head) {
    static const http_parser_settings settings = {
        .on_url = avs_on_target,
        .on_header_field = avs_on_name,
        .on_header_value = avs_on_value,
        .on_headers_complete = avs_on_head_end,
    };
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = head;
    head->base = bytes;
    head->target = head->target_length = head->field_count = 0;
    head->keep_alive = head->complete = head->overflow = 0;
    http_parser_execute(&parser, &settings, bytes, length);
    head->method = parser.method;
    head->major = parser.http_major;
    head->minor = parser.http_minor;
    if (head->overflow) return avs_too_many_fields;
    if (parser.http_errno != HPE_OK) return (int)parser.http_errno;
    return head->complete ? 0 : avs_head_unfinished;
}

static inline avs_field avs_head_field(const avs_request_head *head, uint32_t index) {
    return head->fields[index];
}
