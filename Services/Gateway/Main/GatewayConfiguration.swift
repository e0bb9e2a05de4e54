import Contracts
import Identity
import Primitives
import ServiceRuntime

/// The gateway's configuration; each key is documented where it is declared, in `schema`.
struct GatewayConfiguration: ServiceSettings {
    var basics = ServiceBasics(service: "gateway", port: 8081)
    var blobFolder = "var/blobs"
    var ownerKeyFile = "var/secrets/owner.key"
    var masterKeyFile = "var/secrets/gateway.key"
    var registration = RegistrationMode.invite
    var sessionIdleHours = 24.0
    var sessionDays = 30.0
    var tokenKeyVersion = 1
    var tokenIssuersFile = ""
    var webhookAllowedHosts = ""
    var accelRedirect = false
    var blobQuotaBytes = 0
    var minimumFreeBytes = 256 << 20
    var maximumFileBytes = 16 << 30
    var ownerQuotaBytes = 256 << 30
    var ownerFileCount = 1_000_000
    var retentionDays = 0.0
    var auditDays = 365.0
    var modelsFile = "deploy/models-llm/models.yaml"
    var pricingFile = "deploy/models-llm/pricing.yaml"
    var vocabularyFolder = "var/models/openai-encodings"
    var sentencePieceModels = ""
    var modelAllowedHosts = ""
    var anthropicBetas = ""
    var modelConnectSeconds = 5.0
    var modelFirstByteSeconds = 60.0
    var modelIdleSeconds = 60.0
    var modelCallSeconds = 600.0
    var modelCallsPerMinute = 0
    var modelTokensPerMinute = 0
    var modelOwnerCallsPerMinute = 0
    var modelOwnerTokensPerMinute = 0
    var modelCacheBytes = 256 << 20
    var modelCacheSeconds = 3600.0

    static let schema = Schema(GatewayConfiguration()) {
        basicFields
        Field.text("blob-folder", \.blobFolder, "Folder of the blob store that all services on the machine share.")
        Field.text("owner-key-file", \.ownerKeyFile, "Where the owner key is written at the first start.")
        Field.text(
            "master-key-file", \.masterKeyFile,
            "File with the key that webhooks' secrets and tokens' keys are made from; written at the first start. Keep it with the "
                + "database: without it, all of them change.")
        Field.choice("registration", \.registration, "Who may make an account; administrators always can.")
        Field.number(
            "session-idle-hours", \.sessionIdleHours, in: 0.1...8760, unit: "h", "A login that is not used for so long ends.")
        Field.number("session-days", \.sessionDays, in: 0.1...3650, unit: "d", "The longest that a login lasts.")
        Field.integer(
            "token-key-version", \.tokenKeyVersion, in: 1...1_000_000,
            "Raised by one, tokens of sessions are signed with a new key; the one before is still accepted.")
        Field.text(
            "token-issuers-file", \.tokenIssuersFile, "File of others whose tokens (JWT) open the studio; empty for none.")
        Field.text(
            "webhook-allowed-hosts", \.webhookAllowedHosts,
            "Hosts in private networks, and without TLS, that webhooks may go to, separated by commas.")
        Field.flag("accel-redirect", \.accelRedirect, "Lets nginx send downloads from the blob folder.")
        Field.integer(
            "blob-quota-bytes", \.blobQuotaBytes, in: 0...Int.max, unit: "B", "Most that the blob store may hold; 0 for no limit.")
        Field.integer(
            "minimum-free-bytes", \.minimumFreeBytes, in: 0...Int.max, unit: "B", "Disk space that blobs must leave free.")
        Field.integer("maximum-file-bytes", \.maximumFileBytes, in: 1...Int.max, unit: "B", "Most bytes of one file.")
        Field.integer("owner-quota-bytes", \.ownerQuotaBytes, in: 1...Int.max, unit: "B", "Most bytes of one owner's files.")
        Field.integer("owner-file-count", \.ownerFileCount, in: 1...Int.max, "Most files of one owner.")
        Field.number("retention-days", \.retentionDays, in: 0...36_500, unit: "d", "How long files are kept; 0 for ever.")
        Field.number("audit-days", \.auditDays, in: 0...36_500, unit: "d", "How long audit entries are kept; 0 for ever.")
        Field.text("models-file", \.modelsFile, "File of the language models that calls can name; read again when it changes.")
        Field.text("pricing-file", \.pricingFile, "File of what language models cost; read again when it changes.")
        Field.text("vocabulary-folder", \.vocabularyFolder, "Folder of the vocabularies for token counts; without: estimates.")
        Field.text(
            "sentencepiece-models", \.sentencePieceModels,
            "SentencePiece files that count the tokens of models whose names begin so, separated by commas: "
                + "gemma=/models/gemma.model,llama-2=/models/llama.model. Without: estimates.")
        Field.text(
            "model-allowed-hosts", \.modelAllowedHosts,
            "Hosts in private networks that calls of models may go to, separated by commas; those of local models always may.")
        Field.text(
            "anthropic-betas", \.anthropicBetas,
            "Names of the header anthropic-beta that go on to Anthropic beside those that are known to cost nothing, separated by "
                + "commas; no budget counts what they may cost beside the price of a token.")
        Field.number(
            "model-connect-seconds", \.modelConnectSeconds, in: 0.1...600, unit: "s", "Until a provider must be connected.")
        Field.number(
            "model-first-byte-seconds", \.modelFirstByteSeconds, in: 0.1...3600, unit: "s", "Until a streamed answer must begin.")
        Field.number(
            "model-idle-seconds", \.modelIdleSeconds, in: 0.1...3600, unit: "s", "The longest pause within a streamed answer.")
        Field.number("model-call-seconds", \.modelCallSeconds, in: 1...86_400, unit: "s", "The longest that a call may take.")
        Field.integer("model-calls-per-minute", \.modelCallsPerMinute, in: 0...10_000_000, "Calls of a key; 0 for no limit.")
        Field.integer(
            "model-tokens-per-minute", \.modelTokensPerMinute, in: 0...10_000_000_000,
            "Tokens of a key, prompts and answers together; 0 for no limit.")
        Field.integer(
            "model-owner-calls-per-minute", \.modelOwnerCallsPerMinute, in: 0...10_000_000,
            "Calls of all keys of one owner; 0 for as many as of one key.")
        Field.integer(
            "model-owner-tokens-per-minute", \.modelOwnerTokensPerMinute, in: 0...10_000_000_000,
            "Tokens of all keys of one owner; 0 for as many as of one key.")
        Field.integer("model-cache-bytes", \.modelCacheBytes, in: 0...Int.max, unit: "B", "All cached answers together.")
        Field.number(
            "model-cache-seconds", \.modelCacheSeconds, in: 1...31_536_000, unit: "s", "How long cached answers are given.")
    }
}
