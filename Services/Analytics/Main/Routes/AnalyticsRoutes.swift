import AnalyticsAPI
import AnalyticsCore
import Contracts
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime

/// Everything the analytics answers.
struct AnalyticsRoutes: Sendable {
    let database: Database
    let collector: Collector
    let board: PipelineBoard
    let authenticator: Authenticator
    let isEnabled: Bool

    func add(to router: inout Router) {
        router.translateErrors { error in
            switch error {
            case let error as PipelineLimit: Problem(status: .conflict, code: error.code, error.message)
            default: Problem(error)
            }
        }
        let questions = Questions(database: database, authenticator: authenticator)
        MetricRoutes(questions: questions).add(to: &router)
        RunRoutes(questions: questions).add(to: &router)
        CostRoutes(questions: questions).add(to: &router)
        IndicatorRoutes(questions: questions).add(to: &router)
        ExportRoutes(questions: questions).add(to: &router)
        PeopleRoutes(questions: questions, collector: collector, board: board).add(to: &router)
        PipelineRoutes(board: board, collector: collector, authenticator: authenticator).add(to: &router)
        CollectorRoutes(collector: collector, authenticator: authenticator, isEnabled: isEnabled).add(to: &router)
    }
}
