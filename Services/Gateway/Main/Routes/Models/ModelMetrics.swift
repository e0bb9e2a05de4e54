import ModelGateway
import ModelRouting
import ServiceRuntime

/// What the language models' parts tell of themselves on `/metrics`.
enum ModelMetrics {
    static func add(_ models: ModelService, to metrics: MetricsRegistry) {
        metrics.gauge("gateway_model_cache_entries", help: "Answers in the cache.") { Double(models.cache.statistics.entries) }
        metrics.gauge("gateway_model_cache_bytes", help: "Bytes of answers in the cache.") { Double(models.cache.statistics.bytes) }
        metrics.counter("gateway_model_cache_misses_total", help: "Looks into the cache that found nothing.") {
            Double(models.cache.statistics.misses)
        }
        metrics.counter("gateway_model_cache_evicted_total", help: "Answers that others took the place of.") {
            Double(models.cache.statistics.evicted)
        }
        metrics.gauge("gateway_model_registry_current", help: "0 while a wrong file of models or prices is not in use.") {
            models.isRegistryCurrent ? 1 : 0
        }
    }
}
