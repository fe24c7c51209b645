import API
import Hummingbird

/// The pages that say why something cannot be shown or done.
enum ErrorPage {
  /// Within the frame, for who is signed in.
  static func page(_ error: APIError, _ page: PageRequest) -> Page {
    let (title, text) = told(error, page)
    return Page(
      title: title,
      contentHTML: template(
        ["text": text, "message": error.status == .notFound ? "" : error.message], page.texts),
      section: "-", status: error.status)
  }

  /// Without the frame, for a browser that is not signed in.
  static func plain(_ error: APIError) -> APIResponse {
    APIResponse(
      status: error.status,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: .whole(
        ByteBuffer(
          string: bare(["message": error.message], Texts(.english)).text)))
  }

  private static let bare = Template(
    #"""
    <!doctype html><html lang="en"><meta charset="utf-8"><title>Martlet</title><p>{{message}}</p><p><a href="/console">[[To the console]]</a></p></html>
    """#)

  private static let template = Template(
    #"""
    <div class="empty"><p>{{text}}</p>{{#message}}<p class="muted">{{message}}</p>{{/message}}<a class="button" href="/console">[[To the overview]]</a></div>
    """#)

  private static func told(_ error: APIError, _ page: PageRequest) -> (String, String) {
    switch error.status {
    case .notFound:
      (page.texts("Not found"), page.texts("This page or entry does not exist, or not any more."))
    case .forbidden:
      (
        page.texts("Not permitted"),
        page.texts("Your role does not allow this. An administrator can change that.")
      )
    case .serviceUnavailable:
      (
        page.texts("Not available"),
        page.texts("A server is not reachable at the moment. Nothing was changed; try again soon.")
      )
    case let status where status.kind == .serverError:
      (page.texts("Something went wrong"), page.texts("The fault is noted in the log."))
    default:
      (page.texts("This is not possible"), page.texts("Nothing was changed."))
    }
  }
}
