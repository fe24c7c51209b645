import Users

/// A kind of record that belongs to somebody: to its owner, or to who created it.
enum OwnedRecord: Sendable, CaseIterable {
  case contact, company, note, device
  case segment, campaign, campaignEvent, email, form, asset, page, dynamicContent, webhook, focus
  case sms, notification, tweet, message, report

  /// The area whose permissions decide.
  var area: PermissionArea {
    switch self {
    case .contact, .company, .note, .device: .contacts
    case .segment: .segments
    case .campaign, .campaignEvent: .campaigns
    case .email: .emails
    case .form: .forms
    case .asset: .assets
    case .page: .pages
    case .dynamicContent: .dynamicContents
    case .webhook: .webhooks
    case .focus: .focusItems
    case .sms: .smses
    case .notification: .notifications
    case .tweet: .tweets
    case .message: .messages
    case .report: .reports
    }
  }
}
