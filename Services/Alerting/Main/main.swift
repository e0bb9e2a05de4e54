import ServiceRuntime

await ServiceProgram.run("alerting", AlertingConfiguration.schema) { _, configuration in
    try await AlertingHost(configuration: configuration).serve()
}
