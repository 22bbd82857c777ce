{
  description = "Says what every byte of a NixOS ISO is for";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forAllSystems = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      package = lib.importJSON ./package.json;
      lock = lib.importJSON ./package-lock.json;

      # package-lock.json has no addresses, so that any registry will do. These are npm's own.
      npm = "npmjs.org";
      addressOf =
        path: version:
        let
          name = lib.last (lib.splitString "node_modules/" path);
          file = lib.last (lib.splitString "/" name);
        in
        "https://registry.${npm}/${name}/-/${file}-${version}.tgz";
      withAddress = path: module: if path == "" then module else { resolved = addressOf path module.version; } // module;
    in
    {
      packages = forAllSystems (pkgs: {
        default = pkgs.buildNpmPackage {
          pname = package.name;
          inherit (package) version;
          src = self;
          nodejs = pkgs.nodejs_22;
          npmDeps = pkgs.importNpmLock {
            npmRoot = ./.;
            packageLock = lock // {
              packages = lib.mapAttrs withAddress lock.packages;
            };
          };
          inherit (pkgs.importNpmLock) npmConfigHook;
          meta = {
            inherit (package) description;
            license = lib.licenses.mit;
            mainProgram = "isoscope";
            platforms = lib.platforms.unix;
          };
        };
      });

      checks = forAllSystems (pkgs: {
        report = pkgs.runCommand "isoscope-report" { } ''
          ${lib.getExe self.packages.${pkgs.system}.default} --no-cache ${./fixtures/images/mini.iso} > $out
        '';
      });
    };
}
