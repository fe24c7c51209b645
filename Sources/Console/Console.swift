package import API
import Foundation
import HTTPTypes
import Hummingbird
package import JobQueue

/// The console: what marketers and operators do in a browser (console.md).
package struct Console: Sendable {
  private let assets: ConsoleAssets

  /// - Parameter data: The folder with what set-up has fetched, whose `console` has the code of others for browsers; nil for
  ///   none: then pages are without what needs it.
  /// - Throws: An error of a file that cannot be read.
  package init(data: String?) throws {
    assets = try ConsoleAssets(
      own: WebFiles.all, folder: data.map { $0 + "/console" })
  }

  /// Its pages.
  ///
  /// - Parameters:
  ///   - api: Calls the routes of the API.
  ///   - sessions: The sessions of browsers.
  ///   - clock: The time.
  ///   - site: The address of this installation, without a slash at its end.
  package func pages(
    api: RouteCaller, sessions: BrowserSessions, clock: WallClock, site: String
  ) -> BrowserPages {
    let environment = ConsoleEnvironment(
      api: api, sessions: sessions, assets: assets,
      sections: Set(ConsolePages.all.map(\.section)), clock: clock, site: site)
    let routes = ConsolePages.all + ConsolePages.live.map { $0.route(environment.live) }
    return BrowserPages(
      routes: routes.map { Self.mounted($0, environment) } + [AssetRoute(assets: assets).route]
    ) { error, request in
      guard let request, let session = request.session else { return ErrorPage.plain(error) }
      let page = PageRequest(request, session, environment)
      return Frame(page: page)(ErrorPage.page(error, page))
    }
  }

  private static func mounted(_ route: ConsoleRoute, _ environment: ConsoleEnvironment) -> Route {
    Route(
      route.method, "/console" + route.path, needs: route.needs, takesFile: route.takesFile
    ) { request in
      // Who has no session does not come as far as this.
      guard let session = request.session else { throw APIError.forbidden }
      let page = PageRequest(request, session, environment)
      return Frame(page: page).answer(try await route.handler(page))
    }.forBrowsers().summarized("A page of the console")
  }
}
