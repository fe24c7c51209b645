import API
import HTTPTypes
import Hummingbird

/// What a page's handler answers.
enum PageAnswer: Sendable {
  /// A whole page, in the frame of all pages.
  case page(Page)
  /// A part of a page, for htmx.
  case part(HTML)
  /// To another page, after something was done, which the message says there.
  case redirect(to: String, message: String? = nil)
  /// Something else, such as a file.
  case other(APIResponse)
}

/// A page within the frame that all pages have.
struct Page: Sendable {
  /// The heading, and the title of the window.
  var title: String
  /// Below the heading; empty for nothing.
  var subtitle = ""
  /// Before the heading, such as a picture.
  var leadHTML = HTML.empty
  /// Behind the heading, such as a badge.
  var marksHTML = HTML.empty
  /// The pages above it, the topmost first.
  var trail: [Trail] = []
  /// Buttons beside the heading.
  var actionsHTML = HTML.empty
  /// What the page shows.
  var contentHTML: HTML
  /// The item of the navigation that it belongs to, by its path, such as `contacts`.
  var section: String
  /// The width of the content.
  var width = Width.ordinary
  /// Scripts of its own, by the names of their files.
  var scripts: [String] = []
  /// Style sheets of its own, by the names of their files.
  var styles: [String] = []
  /// Where its live figures come from, below `/console/live/`; nil for none.
  var live: String?
  var status = HTTPResponse.Status.ok

  /// How wide the content of a page may grow.
  enum Width: String, Sendable {
    /// A form.
    case narrow
    case ordinary = ""
    /// As wide as the window.
    case full
  }

  /// A page above another.
  struct Trail: Sendable {
    var text: String
    /// Its path below `/console/`.
    var path: String
  }
}
