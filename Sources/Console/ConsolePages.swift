/// All pages of the console, by the noun they are about.
enum ConsolePages {
  /// The pages, and what their forms do.
  static let all: [ConsoleRoute] = {
    var routes =
      OverviewPages.routes + ContactListPages.routes + ContactPages.routes + CompanyPages.routes
      + SegmentPages.routes + ImportPages.routes
      + ExportPages.routes
    routes += CampaignPages.routes + LandingPages.routes + FieldPages.routes + ReportPages.routes
    routes += EmailsPages.routes + FocusPages.routes + AssetPages.routes
    routes += FormPages.routes + MessagesPages.routes + DynamicContentPages.routes
    routes += PointActionPages.routes + PointTriggerPages.routes + PointGroupPages.routes
    routes += StagePages.kind.routes + TagPages.routes + CategoryPages.routes
    routes += WebhookPages.routes + ClientPages.routes
    routes += UserPages.routes + ProfilePages.routes
    routes += SettingsPages.routes + TrackingPages.routes
    return routes + SearchPages.routes + WorkPages.routes
  }()

  /// The live figures of pages.
  static let live: [LiveTopic] =
    OverviewPages.live + ContactListPages.live + CampaignPages.live + SegmentPages.live
    + ImportPages.live
    + ExportPages.live + EmailsPages.live
    + WorkPages.live + WebhookPages.live + TrackingPages.live
}
