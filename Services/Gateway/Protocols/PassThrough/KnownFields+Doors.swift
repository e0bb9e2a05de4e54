/// What each door's callers may give, beside the fields that every request is read for: model, messages, stream and limits.
extension KnownFields {
    static let kept = "what a provider keeps can not be counted; send the whole conversation"
    private static let routed = "the router chooses where a call goes; name one model"
    private static let apiece = "what a provider charges apiece is not in the price of a call"
    private static let beta = "what needs a beta that is not known to cost nothing is not passed on"

    /// - Parameter names: parted by blanks and line ends.
    private static func free(_ names: String) -> [String: Rule] {
        Dictionary(uniqueKeysWithValues: names.split { $0 == " " || $0 == "\n" }.map { (String($0), .free) })
    }

    /// In every protocol.
    private static let common = free("metadata model temperature tool_choice top_k top_p").merging([
        "tools": .tools, "models": .never(routed), "fallbacks": .never(routed), "provider": .never(routed),
        "route": .never(routed), "preset": .never(routed), "plugins": .never(apiece), "web_search_options": .never(apiece),
        "search_parameters": .never(apiece), "enable_search": .off(apiece), "search_options": .never(apiece),
    ]) { $1 }

    private static let openAI = [
        common,
        free(
            """
            frequency_penalty moderation parallel_tool_calls presence_penalty prompt_cache_key prompt_cache_options
            prompt_cache_retention safety_identifier seed stop stream_options top_logprobs user
            """),
        [
            // `flex` is cheaper, and charged like the rest.
            "service_tier": .only(["auto", "default", "standard", "standard_only", "flex"]), "modalities": .only(["text"]),
            "audio": .never(apiece), "store": .off("answers are kept by nobody; keep the conversation yourself"),
        ],
    ].merged

    static let chat = [
        openAI, free("function_call functions logit_bias logprobs prediction reasoning_effort response_format verbosity"),
        compatibleServers,
        [
            "deferred": .off("answers are not fetched later"),
            "n_predict": .never("the limit that budgets hold is max_tokens"),
        ],
    ].merged

    /// What else servers know that speak OpenAI's chat protocol: none of it changes what a token costs.
    private static let compatibleServers = [
        // Sampling: llama.cpp's server, vLLM, SGLang, LM Studio and others.
        free(
            """
            allowed_token_ids bad_words dry_allowed_length dry_base dry_multiplier dry_penalty_last_n dry_sequence_breakers
            dynatemp_exponent dynatemp_range early_stopping ignore_eos include_stop_str_in_output length_penalty min_keep min_p
            min_tokens mirostat mirostat_eta mirostat_lr mirostat_target mirostat_tau no_stop_trim penalize_nl random_seed
            repeat_last_n repeat_penalty repetition_penalty samplers stop_token_ids tfs_z top_a top_n_sigma typical_p
            use_beam_search xtc_probability xtc_threshold
            """),
        // The form of the answer.
        free(
            """
            ebnf grammar guided_choice guided_decoding_backend guided_grammar guided_json guided_regex guided_whitespace_pattern
            json_schema regex structural_tag structured_outputs
            """),
        // The prompt, and what is kept of it in memory.
        free(
            """
            add_generation_prompt add_special_tokens cache_control cache_prompt cache_salt chat_template chat_template_kwargs
            context_length_exceeded_behavior continue_final_message documents echo id_slot media_io_kwargs mm_processor_kwargs
            n_discard n_keep prompt_cache_isolation_key prompt_mode prompt_truncate_len safe_prompt transforms
            truncate_prompt_tokens ttl vl_high_resolution_images
            """),
        // Thoughts.
        free(
            """
            clear_thinking disable_reasoning enable_thinking include_reasoning parse_tool_calls preserve_thinking reasoning
            reasoning_budget reasoning_format separate_reasoning stream_reasoning thinking thinking_budget thinking_forced_open
            thinking_token_budget
            """),
        // What is told beside the answer.
        free(
            """
            citation_options disable_tool_validation incremental_output n_probs perf_metrics_in_response post_sampling_probs
            prompt_logprobs raw_output request_id response_fields result_format return_progress return_token_ids return_tokens
            return_tokens_as_token_ids session_id skip_special_tokens spaces_between_special_tokens t_max_predict_ms
            timings_per_token trace usage
            """),
    ].merged

    static let responses = [
        openAI,
        free("context_management include instructions max_tool_calls reasoning text truncation"),
        [
            "background": .off("answers are not fetched later; leave it out"),
            "background_options": .never("answers are not fetched later; leave it out"), "previous_response_id": .never(kept),
            "conversation": .never(kept), "prompt": .never(kept), "input": .input,
            "image": .never("pictures are charged as the provider reads them without being asked; leave it out"),
        ],
        unsent.mapValues(Rule.unsent),
    ].merged

    /// What OpenAI's own client sends with every call of the Responses API, with the reason why it does not go on.
    /// Source: openai/codex, `ResponsesApiRequest`.
    static let unsent = [
        "client_metadata": "what a client tells of itself is not sent on",
        "access_programs": "which programs a call falls under is settled with the provider",
    ]

    static let anthropic = [
        common, free("cache_control context_management diagnostics output_config output_format stop_sequences system thinking"),
        [
            "service_tier": .only(["auto", "standard_only"]), "speed": .only(["standard"]), "inference_geo": .only(["global"]),
            "mcp_servers": .never("the provider would call servers that nobody has allowed"), "container": .never(apiece),
            "billing_policy": .never("who pays is settled with the provider"), "thread": .never(kept), "compaction": .never(beta),
            "fallback_credit_token": .never(routed), "betas": .never("betas are named in the header anthropic-beta"),
        ],
    ].merged

    static let embeddings = [
        common,
        free(
            """
            add_special_tokens embd_normalize embedding_type input_type late_chunking normalize output_dimension output_dtype task
            truncate truncate_prompt_tokens truncation
            """),
    ].merged
}

extension [[String: KnownFields.Rule]] {
    /// The fields of all, each with its last rule.
    fileprivate var merged: [String: KnownFields.Rule] { reduce(into: [:]) { all, rules in all.merge(rules) { $1 } } }
}
