import Primitives

/// The console's own files for browsers, which are part of the program.
enum WebFiles {
  static let all: [(name: String, bytes: [UInt8])] = [
    ("console.css", PackageResources.console_css), ("layout.css", PackageResources.layout_css),
    ("controls.css", PackageResources.controls_css), ("data.css", PackageResources.data_css),
    ("console.js", PackageResources.console_js), ("icons.svg", PackageResources.icons_svg),
  ]

  /// The style sheets of every page, in their order.
  static let styles = ["console.css", "layout.css", "controls.css", "data.css"]

  /// The path of the icons.
  static let icons: String = {
    do {
      return "\(ConsoleAssets.root)icons-\(try ConsoleAsset.digest(PackageResources.icons_svg)).svg"
    } catch {
      return "\(ConsoleAssets.root)icons.svg"
    }
  }()
}
