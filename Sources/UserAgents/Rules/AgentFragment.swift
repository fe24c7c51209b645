/// Pieces of a user agent by which the rules decide that are the same for every list.
enum AgentFragment: Int, CaseIterable {
  // What a list of devices is for.
  case hybridTelevision, shellTelevision, facebookDevice
  // Which texts name no device.
  case hintedAndroid, desktopSystem, noDesktopSystem
  // Kinds of devices.
  case virtualReality, chrome, mobile, pad, tablet, operaTablet, androidMobile, touch
  case puffinDesktop, puffinPhone, puffinTablet
  case operaTelevision, androidTelevision, tizenTelevision, bracketTelevision, desktop
  // Platforms, in the order in which they are tried.
  case arm, loongArch, mips, superH, sparc, x64, x86
  // Browsers.
  case geckoVersion, scriptedBrowser, chromeOnSafari

  var pattern: (text: String, boundary: ExpressionBoundary) {
    switch self {
    case .hybridTelevision: (#"(?:HbbTV|SmartTvA)/[1-9](?:\.[0-9]){1,2}"#, .list)
    case .shellTelevision: (#"[a-z]+[ _]Shell[ _]\w{6}|tclwebkit\d+[.\d]*"#, .list)
    case .facebookDevice: ("FBMD/", .list)
    case .hintedAndroid:
      (#"Android (?:1[0-7][.\d]*; K(?: Build/|[;)])|1[0-7]\)) AppleWebKit"#, .none)
    case .desktopSystem: ("Windows (?:NT|IoT)|X11; Linux x86_64", .list)
    case .noDesktopSystem:
      (
        "CE-HTML| Mozilla/|Andr[o0]id|Tablet|Mobile|iPhone|Windows Phone|ricoh|OculusBrowser"
          + "|PicoBrowser|Lenovo|compatible; MSIE|Trident/|Tesla/|XBOX|FBMD/|ARM; ?[^)]+",
        .list
      )
    case .virtualReality: (#"Android(?: [.0-9]+)?; Mobile VR;| VR "#, .word)
    case .chrome: ("Chrome/[.0-9]*", .word)
    case .mobile: ("Mobile|eliboM", .word)
    case .pad: ("Pad/APad", .word)
    case .tablet: (#"Android(?: [.0-9]+)?; Tablet;|Tablet(?! PC)|.*-tablet$"#, .word)
    case .operaTablet: ("Opera Tablet", .word)
    case .androidMobile: (#"Android(?: [.0-9]+)?; Mobile;|.*-mobile$"#, .word)
    case .touch: ("Touch", .word)
    case .puffinDesktop: (#"Puffin/\d+[.\d]+[LMW]D"#, .word)
    case .puffinPhone: (#"Puffin/\d+[.\d]+[AIFLW]P"#, .word)
    case .puffinTablet: (#"Puffin/\d+[.\d]+[AILW]T"#, .word)
    case .operaTelevision: ("Opera TV Store| OMI/", .word)
    case .androidTelevision:
      (#"Andr0id|(?:Android(?: UHD)?|Google) TV|\(lite\) TV|BRAVIA|Firebolt| TV$"#, .word)
    case .tizenTelevision: ("SmartTV|Tizen.+ TV .+$", .word)
    case .bracketTelevision: (#"\(TV;"#, .word)
    case .desktop: ("(?:Desktop|PC)(?: (?:x(?:32|64)|WOW64))?;", .word)
    case .arm: ("arm[ _;)ev]|.*arm$|.*arm64|aarch64|Apple ?TV|Watch ?OS|Watch1,[12]", .list)
    case .loongArch: ("loongarch64", .list)
    case .mips: ("mips", .list)
    case .superH: ("sh4", .list)
    case .sparc: ("sparc64", .list)
    case .x64: ("64-?bit|WOW64|(?:Intel)?x64|WINDOWS_64|win64|IRIX;?64|.*amd64|.*x86_?64", .list)
    case .x86: (".*32bit|.*win32|(?:i[0-9]|x)86|i86pc", .list)
    case .geckoVersion: (#" rv[: ]([0-9.]+).*(?:g|cl)ecko/\d{8,10}"#, .none)
    case .scriptedBrowser: ("Cypress|PhantomJS", .none)
    case .chromeOnSafari: (#"Chrome/.+ Safari/537\.36"#, .none)
    }
  }
}

/// How an engine tells its version.
enum EngineVersion {
  /// An expression with the version in its first group.
  static func pattern(_ engine: String) -> String {
    let words =
      switch engine {
      case "Blink": "Chr[o0]me|Chromium|Cronet"
      case "Arachne": #"Arachne/5\."#
      case "LibWeb": #"LibWeb\+LibJs"#
      default: escaped(engine)
      }
    return #"(?:\#(words))\s*[/_]?\s*((?=\d+\.\d)\d+[.\d]*|\d{1,7}(?=\D|$))"#
  }

  private static func escaped(_ name: String) -> String {
    name.reduce(into: "") { text, character in
      if !character.isLetter, !character.isNumber { text.append("\\") }
      text.append(character)
    }
  }
}
