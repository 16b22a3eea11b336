"""The data sets known by name: their files, where they come from, and how to tell them apart.

All are made in the image of MNIST: four IDX files of the same names, 60,000 training and 10,000 test images of 28×28.
A sum of the uncompressed bytes is stated where it is known; for KMNIST only the MD5 sums of the gzip files, as its
authors offer them, are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fashiontui.config.problems import listed, nearest
from fashiontui.errors import UnknownNameError

Part = Literal["train", "test"]
Kind = Literal["images", "labels"]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """One of the four files of a data set."""

    name: str  # without .gz
    part: Part
    kind: Kind
    shape: tuple[int, ...]  # (n, height, width) of images, (n,) of labels
    gzip_md5: str  # of the file its authors offer
    sha256: str | None = None  # of the uncompressed bytes

    @property
    def title(self) -> str:
        """`training images`, `test labels`, …"""
        return f"{'training' if self.part == 'train' else 'test'} {self.kind}"


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A data set known by name."""

    name: str
    title: str
    torchvision_folder: str
    classes: tuple[str, ...]
    mirrors: tuple[str, ...]
    files: tuple[KnownFile, ...]  # training images, training labels, test images, test labels

    @property
    def subfolders(self) -> tuple[str, ...]:
        """Folders its files may be in, below one that holds several sets."""
        return (self.name, self.torchvision_folder, f"{self.torchvision_folder}/raw")


def _files(md5: tuple[str, str, str, str], sha256: tuple[str | None, ...]) -> tuple[KnownFile, ...]:
    return (
        KnownFile("train-images-idx3-ubyte", "train", "images", (60_000, 28, 28), md5[0], sha256[0]),
        KnownFile("train-labels-idx1-ubyte", "train", "labels", (60_000,), md5[1], sha256[1]),
        KnownFile("t10k-images-idx3-ubyte", "test", "images", (10_000, 28, 28), md5[2], sha256[2]),
        KnownFile("t10k-labels-idx1-ubyte", "test", "labels", (10_000,), md5[3], sha256[3]),
    )


FASHION_CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip

FASHION_MNIST = KnownSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    torchvision_folder="FashionMNIST",
    classes=FASHION_CLASSES,
    mirrors=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    files=_files(
        (
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
        (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
)

MNIST = KnownSet(
    name="mnist",
    title="MNIST",
    torchvision_folder="MNIST",
    classes=tuple("0123456789"),
    mirrors=("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
    files=_files(
        (
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
        (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
)

KMNIST = KnownSet(
    name="kmnist",
    title="KMNIST",
    torchvision_folder="KMNIST",
    classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    files=_files(
        (
            "bdb82020997e1d708af4cf47b453dcf7",
            "e144d726b3acfaa3e44228e80efcd344",
            "5c965bf0a639b31b8f53240b1b52f4d7",
            "7320c461ea6c1c855c0b718fb2a4b134",
        ),
        (None, None, None, None),
    ),
)

KNOWN: dict[str, KnownSet] = {known.name: known for known in (FASHION_MNIST, MNIST, KMNIST)}
SYNTHETIC = "synthetic"


def known_set(name: str) -> KnownSet:
    """A data set by its name, in upper or lower case; UnknownNameError proposes the nearest one.

    Of one of the user's own, `module:function`, it says that there are no files of it to look at.
    """
    try:
        return KNOWN[name.lower()]
    except KeyError:
        pass
    names = [*KNOWN, SYNTHETIC]
    if ":" in name:
        raise UnknownNameError(
            f"{name} is a data set of your own: `data info` and `data fetch` know the built-in sets only",
            f"There are {listed(names)}; yours is for `run --dataset` and `data project`.",
        )
    near = nearest(name, names)
    raise UnknownNameError(
        f"no data set is called {name!r}" + (f", did you mean `{near}`?" if near else ""),
        f"There are {listed(names)}; one of your own is named by its function: `module:function`.",
    )
