package import Contracts
package import Primitives

/// What a pipeline does now.
package struct PipelineState: Codable, Sendable, Hashable {
    package enum Status: String, Codable, Sendable, CaseIterable {
        case idle, running, succeeded, failed, cancelled
    }

    package var name: String
    package var owner: String
    package var status: Status
    /// What is being done.
    package var step: String?
    /// From 0 to 1.
    package var progress: Double?
    /// When it was last said to begin running.
    package var started: Timestamp?
    /// The process that says so, and on which machine.
    package var pid: Int?
    package var host: String?
    /// The run that it makes.
    package var run: String?
    package var updated: Timestamp
    /// Whether it says that it runs and has said nothing for long: its process may be gone. Found when it is shown, never kept.
    package var stale: Bool?

    enum CodingKeys: String, CodingKey {
        case name, owner, status, step, progress, started, pid, host, updated, stale
        case run = "run_id"
    }
}

/// What somebody says of a pipeline; fields that are left out stay as they are while it runs.
package struct PipelineReport: Sendable {
    package var status = PipelineState.Status.running
    package var step = ""
    package var progress: Double?
    package var pid: Int?
    package var host = ""
    package var run = ""

    package init() {}

    package static let schema = Schema(PipelineReport()) {
        Field.choice("status", \.status, "What the pipeline does.")
        Field.text("step", \.step, maximumLength: 256, "What is being done.")
        Field.number("progress", \.progress, in: 0...1, "How much of it is done.")
        Field.integer("pid", \.pid, in: 0...4_194_304, "The process that runs it.")
        Field.text("host", \.host, maximumLength: 128, "The machine that it runs on.")
        Field.text("run_id", \.run, maximumLength: 128, "The run that it makes.")
    }

    /// The state after this was said.
    func applied(to earlier: PipelineState?, name: String, owner: String, now: Timestamp) -> PipelineState {
        var state = earlier ?? PipelineState(name: name, owner: owner, status: .idle, updated: now)
        if status == .running && state.status != .running {
            // It begins anew: nothing of the time before holds.
            state = PipelineState(name: name, owner: owner, status: .running, started: now, updated: now)
        }
        (state.status, state.updated) = (status, now)
        if !step.isEmpty { state.step = step }
        if let progress { state.progress = progress }
        if status == .succeeded { state.progress = 1 }
        if let pid { state.pid = pid }
        if !host.isEmpty { state.host = host }
        if !run.isEmpty { state.run = run }
        return state
    }
}
