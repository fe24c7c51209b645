/// Pages for users that a module above serves beside the API.
package struct BrowserPages: Sendable {
  /// Makes the page of an error; the request is nil where none could be read.
  package typealias ErrorPage = @Sendable (APIError, APIRequest?) async -> APIResponse

  /// The first of the pages.
  static let home = "/console"

  /// The routes of the pages and of what they load.
  package var routes: [Route]
  /// Makes the page of an error of such a route, and of paths that begin like one of them and lead nowhere.
  package var errorPage: ErrorPage

  /// Pages.
  package init(routes: [Route], errorPage: @escaping ErrorPage) {
    self.routes = routes
    self.errorPage = errorPage
  }

  /// No pages: errors are those of the API.
  static let none = BrowserPages(routes: []) { error, _ in error.response }
}
