import ServiceRuntime

await ServiceProgram.run("analytics", AnalyticsConfiguration.schema) { _, configuration in
    try await AnalyticsHost(configuration: configuration).serve()
}
