package import Identity

/// How people, tokens and webhooks are treated.
package struct IdentitySettings: Sendable {
    /// Where secrets come from that are not kept.
    package var secrets: DerivedSecrets
    package var accounts = AccountRules()
    package var sessions = SessionRules()
    package var throttle = ThrottleRules()
    package var passwordCost = PasswordCost.interactive
    /// Of the key that signs the tokens of sessions; raised to change it.
    package var tokenKeyVersion = 1
    package var issuers: [TrustedIssuer] = []
    package var webhookSchedule = DeliverySchedule.standard
    /// Hosts that webhooks may go to without TLS, and in private networks.
    package var webhookHosts: Set<String> = []

    package init(secrets: DerivedSecrets) {
        self.secrets = secrets
    }
}
