package import Contracts

/// The configuration that every service with operations shares. Keys are documented where they are declared, in `schema`.
package struct ServiceConfiguration: ServiceSettings {
    package var basics: ServiceBasics
    package var gatewayURL = "http://127.0.0.1:8081"
    package var blobFolder = "var/blobs"
    package var scratchFolder: String
    package var modelFolder = "var/models"
    package var presetFolder = "deploy/presets"
    package var toolFolder = "var/tools"
    package var workerSlots = 2
    package var workerMemoryBytes = 0
    package var spareIdleSeconds = 600.0
    package var ackWaitSeconds = 30.0
    package var silenceSeconds = 120.0
    package var drainSeconds = 20.0
    package var blobQuotaBytes = 0
    package var minimumFreeBytes = 256 << 20
    package var maximumFileBytes = 16 << 30
    package var fetchLimitBytes = 4 << 30
    package var fetchHosts = ""
    package var libraryFolder = ""
    package var benchOperations = false

    /// Bytes; see `worker-memory-bytes`.
    package var workerMemory: Int {
        workerMemoryBytes > 0 ? workerMemoryBytes : MachineMemory.bytes() / 2
    }

    /// See `library-folder`.
    package var library: String { libraryFolder.isEmpty ? basics.stateFolder + "/library" : libraryFolder }

    /// - Parameters:
    ///   - service: its folders are under `var/<service>` by default.
    ///   - port: the default port.
    package static func schema(service: String, port: Int) -> Schema<ServiceConfiguration> {
        let defaults = ServiceConfiguration(
            basics: ServiceBasics(service: service, port: port), scratchFolder: "var/\(service)/scratch")
        return Schema(defaults) {
            basicFields
            Field.text("gateway-url", \.gatewayURL, "Where the gateway is: operations that call language models ask it.")
            Field.text("blob-folder", \.blobFolder, "Folder of the blob store that all services on the machine share.")
            Field.text(
                "scratch-folder", \.scratchFolder, "Folder for what running jobs write; what killed ones left goes at the start.")
            Field.text("model-folder", \.modelFolder, "Folder with the installed models; jobs may read it.")
            Field.text("preset-folder", \.presetFolder, "Folder with the presets of operations; jobs may read it.")
            Field.text(
                "tool-folder", \.toolFolder, "Folder with programs that operations can use, such as yt-dlp; jobs may read those.")
            Field.integer("worker-slots", \.workerSlots, in: 0...256, "Sandboxed jobs at once; 0 runs none in this process.")
            Field.integer(
                "worker-memory-bytes", \.workerMemoryBytes, in: 0...Int.max, unit: "B",
                "What sandboxed jobs may hold together, as their operations declare; 0 takes half of the machine's or container's."
            )
            Field.number(
                "spare-idle-seconds", \.spareIdleSeconds, in: 0...86_400, unit: "s",
                "How long a process that has loaded the last voice waits for the next text to speak; 0 keeps none.")
            Field.number(
                "ack-wait-seconds", \.ackWaitSeconds, in: 1...600, unit: "s", "How long an order stays with a silent worker.")
            Field.number("silence-seconds", \.silenceSeconds, in: 1...3600, unit: "s", "How long an open job may be silent.")
            Field.number("drain-seconds", \.drainSeconds, in: 0...3600, unit: "s", "How long running jobs may go on at the end.")
            Field.integer(
                "blob-quota-bytes", \.blobQuotaBytes, in: 0...Int.max, unit: "B",
                "Most that the blob store may hold; 0 for no limit.")
            Field.integer(
                "minimum-free-bytes", \.minimumFreeBytes, in: 0...Int.max, unit: "B", "Disk space that blobs must leave free.")
            Field.integer(
                "maximum-file-bytes", \.maximumFileBytes, in: 1...Int.max, unit: "B",
                "Most bytes of a file that a call brings along; the gateway has the same for uploads.")
            Field.integer(
                "fetch-limit-bytes", \.fetchLimitBytes, in: 1...Int.max, unit: "B", "Largest input that is fetched from a URL.")
            Field.text(
                "fetch-hosts", \.fetchHosts,
                "Hosts that URLs of inputs may name although their addresses are private; several separated by commas.")
            Field.text(
                "library-folder", \.libraryFolder,
                "Folder of ingested files, the same for all workers; empty for `library` in the state folder.")
            Field.flag("bench-operations", \.benchOperations, "Adds operations that do nothing, for measuring the job road.")
        }
    }
}
