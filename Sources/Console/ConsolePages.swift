/// All pages of the console, by the noun they are about.
enum ConsolePages {
  /// The pages, and what their forms do.
  static var all: [ConsoleRoute] {
    StagePages.kind.routes
  }

  /// The live figures of pages.
  static var live: [LiveTopic] { [] }
}
