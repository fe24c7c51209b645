extension Setting where Value == Int {
  /// The pause before a failed action of a campaign is tried again (CAM-501).
  package static let campaignRetryInterval = whole(
    "campaign_retry_interval", 3_600, 0...2_592_000,
    effect: "seconds before a failed action of a campaign is tried again, 0 never")

  /// The number of attempts at an action of a campaign (CAM-502).
  package static let campaignMaxAttempts = whole(
    "campaign_max_attempts", 5, 1...100,
    effect: "attempts after which a failing action of a campaign is given up")

  /// The pause after an exit before a campaign re-enrols a contact by itself (CAM-110).
  package static let campaignRestartPause = whole(
    "campaign_restart_pause", 60, 60...86_400,
    effect: "seconds after an exit before a campaign takes the contact back by itself")
}

extension Setting where Value == Bool {
  /// Whether webhooks may go to addresses that are not public (CAM-454).
  package static let webhookAllowPrivate = flag(
    "webhook_allow_private", false,
    effect: "whether webhooks may go to loopback, link-local and private addresses")
}
