/// The type of engagement that a point action rewards (points-stages-forms.md 1.3).
package enum PointActionType: String, Sendable, CaseIterable {
  case assetDownload = "asset.download"
  case emailOpen = "email.open"
  case emailSend = "email.send"
  case eventTrack = "event.track"
  case formSubmit = "form.submit"
  case pageHit = "page.hit"
  case urlHit = "url.hit"

  /// The name in plain text.
  package var label: String {
    switch self {
    case .assetDownload: "Downloads an asset"
    case .emailOpen: "Opens an email"
    case .emailSend: "Is sent an email"
    case .eventTrack: "Does something in an app"
    case .formSubmit: "Submits a form"
    case .pageHit: "Visits a page"
    case .urlHit: "Visits specific URL"
    }
  }

  /// The property that lists the subjects; an empty list stands for any.
  var listProperty: String? {
    switch self {
    case .assetDownload: "assets"
    case .emailOpen, .emailSend: "emails"
    case .formSubmit: "forms"
    case .pageHit: "pages"
    case .eventTrack, .urlHit: nil
    }
  }
}
