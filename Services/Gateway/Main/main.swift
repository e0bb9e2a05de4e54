import ServiceRuntime

await ServiceProgram.run("gateway", GatewayConfiguration.schema) { _, configuration in
    try await GatewayHost(configuration: configuration).serve()
}
