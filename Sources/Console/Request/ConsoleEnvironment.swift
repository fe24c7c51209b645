import API
import Foundation
import JobQueue

/// What the pages of the console share.
struct ConsoleEnvironment: Sendable {
  /// Calls routes of the API.
  let api: RouteCaller
  /// The sessions of browsers.
  let sessions: BrowserSessions
  /// Style sheets, scripts, fonts.
  let assets: ConsoleAssets
  /// The first parts of the paths of its pages, below `/console/`.
  let sections: Set<String>
  /// Shares live figures among browsers.
  let live = LiveHub()
  let clock: WallClock
  /// The address of this installation, without a slash at its end.
  let site: String
}
