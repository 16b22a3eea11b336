"""What an experiment is: frozen, validated, torch-free.

Two shorthands hold everywhere a table is expected: `model = "cnn"` or `model = "mypkg.nets:build"`, and
`dataset = "synthetic"` or `dataset = "mypkg.sets:load"`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from fashiontui.config.options import Options

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
IMPORT_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")

DATASETS = ("fashion-mnist", "mnist", "kmnist", "synthetic")

Activation = Literal["relu", "leaky_relu", "gelu", "silu", "elu", "tanh", "sigmoid"]
Probability = Annotated[float, Field(ge=0.0, lt=1.0)]
Positive = Annotated[int, Field(ge=1)]
Sizes = Annotated[tuple[Positive, ...], Field(strict=False)]  # a list, in TOML and JSON
Values = Annotated[tuple[Any, ...], Field(strict=False, min_length=1)]
Names = Annotated[tuple[str, ...], Field(strict=False)]
HIGHEST_SEED = 2**32 - 1  # PyTorch's CPU generator tells no more of them apart


class Frozen(BaseModel):
    """Immutable, and strict: no key it does not know, no text or true for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)


class DatasetSpec(Frozen):
    """Which images, how many of them, and how they are split."""

    name: str = Field("fashion-mnist", description="a known dataset, or module:function of your own")
    dir: str | None = Field(None, description="folder of its files, if not found elsewhere")
    valid_size: Positive = Field(5000, description="training images held out for validation, stratified")
    split_seed: int = Field(0, description="seed of that split; the same for every training seed")
    train_size: Positive | None = Field(None, description="train on only so many images, stratified")
    test_size: Positive | None = Field(None, description="test on only so many images, stratified")
    options: Options = Field(default_factory=dict, description="arguments of your own function")


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, int) else value


OneOrMore = Annotated[Sizes, BeforeValidator(_as_tuple)]
"""One number for all of something, or one for each."""


def _check_lengths(channels: Sizes, place: str, **settings: Sizes) -> None:
    """ValueError where a setting has neither one number for all nor one for each."""
    for name, values in settings.items():
        if len(values) not in (1, len(channels)):
            raise ValueError(f"{len(values)} {name} for {len(channels)} channels: give one, or one a {place}")


def _each(values: Sizes, count: int) -> Sizes:
    return values * count if len(values) == 1 else values


class LogisticSpec(Frozen):
    """Multinomial logistic regression: one linear layer on the pixels."""

    kind: Literal["logistic"] = "logistic"


class MlpSpec(Frozen):
    """Fully connected layers, each followed by [batch norm], activation, [dropout]."""

    kind: Literal["mlp"] = "mlp"
    units: Sizes = Field((512,), min_length=1, max_length=16, description="of each hidden layer")
    activation: Activation = Field("relu", description="behind each hidden layer")
    batch_norm: bool = Field(False, description="between each hidden layer and its activation")
    dropout: Probability = Field(0.0, description="probability to drop a unit, as PyTorch means it")


class CnnSpec(Frozen):
    """Blocks of convolutions, each with [batch norm] and activation, 2×2 max pooling at the end of a block (or right
    behind its last convolution, see `pool_first`); then fully connected layers as in an mlp.
    """

    kind: Literal["cnn"] = "cnn"
    channels: Sizes = Field(
        (32,), min_length=1, description="of each block's convolutions; each block halves the image"
    )
    convolutions: OneOrMore = Field(
        (1,), min_length=1, description="how many in a block; one number, or one a block"
    )
    kernel_sizes: OneOrMore = Field((5,), min_length=1, description="odd; one, or one a block")
    units: Sizes = Field((128,), max_length=16, description="of each hidden layer behind the convolutions")
    activation: Activation = Field("relu", description="behind each convolution and hidden layer")
    batch_norm: bool = Field(False, description="between each of them and its activation")
    pool_first: bool = Field(
        False,
        description="max pooling right behind a block's last convolution, before its batch norm and activation",
    )
    dropout: Probability = Field(0.0, description="before each fully connected layer after the first")
    conv_dropout: Probability = Field(0.0, description="of whole channels, after each pooling")

    @field_validator("kernel_sizes")
    @classmethod
    def _odd(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(size % 2 == 0 for size in value):
            raise ValueError("kernel sizes must be odd, so that the image keeps its size")
        return value

    @model_validator(mode="after")
    def _one_a_block(self) -> CnnSpec:
        _check_lengths(self.channels, "block", kernel_sizes=self.kernel_sizes, convolutions=self.convolutions)
        return self

    @property
    def blocks(self) -> tuple[tuple[int, int, int], ...]:
        """(channels, kernel size, convolutions) of each block."""
        count = len(self.channels)
        kernels, depths = _each(self.kernel_sizes, count), _each(self.convolutions, count)
        return tuple(zip(self.channels, kernels, depths, strict=True))


class VggSpec(Frozen):
    """torchvision's VGG16 for 28×28 grey images: padded to 32×32, one input channel, a smaller head."""

    kind: Literal["vgg16"] = "vgg16"
    batch_norm: bool = Field(True, description="between each convolution and its activation")
    units: Sizes = Field(
        (4096, 4096), max_length=4, description="of each hidden layer behind the convolutions"
    )
    dropout: Probability = Field(0.5, description="behind each hidden layer")
    pretrained: bool = Field(False, description="start from ImageNet features; they are downloaded once")


class ResnetSpec(Frozen):
    """A convolution to 16 channels, stages of residual blocks, each but the first halving the image, an average over places.

    With 16 channels times a width, and as many blocks in each of three stages: a wide residual network (1605.07146).
    """

    kind: Literal["resnet"] = "resnet"
    channels: Sizes = Field((64, 128, 256), min_length=1, description="of each stage's convolutions")
    blocks: OneOrMore = Field(
        (2,), min_length=1, description="how many in a stage, two convolutions each; one, or one a stage"
    )
    dropout: Probability = Field(0.0, description="between a block's convolutions")

    @model_validator(mode="after")
    def _one_a_stage(self) -> ResnetSpec:
        _check_lengths(self.channels, "stage", blocks=self.blocks)
        return self

    @property
    def stages(self) -> tuple[tuple[int, int], ...]:
        """(channels, blocks) of each stage."""
        return tuple(zip(self.channels, _each(self.blocks, len(self.channels)), strict=True))


class ForestSpec(Frozen):
    """scikit-learn's random forest, grown tree by tree so that it has a curve."""

    kind: Literal["forest"] = "forest"
    trees: Positive = Field(100, description="how many; its curve has a point for each")
    max_depth: Positive | None = Field(
        None, description="splits from the root to a leaf at most; unset: any number"
    )
    min_samples_leaf: Positive = Field(1, description="training images that a leaf has at least")
    max_features: Literal["sqrt", "log2"] | Annotated[float, Field(gt=0, le=1)] = Field(
        "sqrt", description="pixels looked at for a split; a number is their share"
    )
    criterion: Literal["gini", "entropy", "log_loss"] = Field("gini", description="what a split is chosen by")
    bootstrap: bool = Field(
        True, description="grow each tree on images drawn with replacement; else on all of them"
    )


class CustomSpec(Frozen):
    """A network of your own: `build(input_shape, classes, **options) -> torch.nn.Module`."""

    kind: Literal["custom"] = "custom"
    build: str = Field(
        pattern=f"^{IMPORT_PATH.pattern}$", description="`module:function`, looked for beside the file"
    )
    options: Options = Field(default_factory=dict, description="arguments of that function")


ModelSpec = Annotated[
    LogisticSpec | MlpSpec | CnnSpec | VggSpec | ResnetSpec | ForestSpec | CustomSpec,
    Field(discriminator="kind"),
]


class OptimizerSpec(Frozen):
    """How weights follow gradients, and how the learning rate changes over the steps k of a run."""

    name: Literal["adam", "adamw", "sgd"] = Field(
        "adam", description="adamw: weight decay apart from the gradient"
    )
    learning_rate: float = Field(0.001, gt=0, description="at its highest")
    schedule: Literal["exponential", "cosine", "one_cycle"] = Field(
        "exponential",
        description="how it falls: by `decay` each step, along a cosine to 0, or up and then down to 0",
    )
    decay: float = Field(1.0, gt=0, le=1, description="exponential: learning_rate · decay^k at step k")
    warmup: float = Field(
        0.0, ge=0, lt=1, description="share of the steps that climb linearly from 0 (one_cycle: 0.3 if 0)"
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="sgd only")
    nesterov: bool = Field(False, description="sgd only")
    weight_decay: float = Field(
        0.0, ge=0, description="of the optimiser itself; see regularization for penalties"
    )
    average: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="decay a step of a moving average of the weights, judged and kept; 0: none",
    )
    clip_norm: float | None = Field(None, gt=0, description="largest norm of the whole gradient")


class RegularizationSpec(Frozen):
    """Penalties added to the loss, over weights, not biases or batch norm."""

    l1: float = Field(0.0, ge=0, description="l1 · Σ|w|")
    l2: float = Field(0.0, ge=0, description="l2 · Σw²")


class AugmentationSpec(Frozen):
    """Random changes of each training image, drawn anew each epoch."""

    flip: bool = Field(False, description="mirror half of the images left to right")
    shift: int = Field(0, ge=0, le=8, description="move by up to so many pixels each way")
    erase: int = Field(0, ge=0, le=20, description="blank a square of this side")
    flip_average: bool = Field(
        False, description="judge an image by the mean of its logits and its mirror image's; not random"
    )


class TrainingSpec(Frozen):
    """How long and on what terms."""

    epochs: Positive = Field(50, description="passes over the training images, at most")
    batch_size: Positive = Field(100, description="images a step")
    seed: int = Field(
        1, ge=0, le=HIGHEST_SEED, description="of first weights, order, augmentation and dropout"
    )
    label_smoothing: Probability = Field(0.0, description="share of the target spread over all classes")
    patience: int = Field(
        0, ge=0, description="stop after so many epochs without a better validation accuracy; 0: never"
    )
    precision: Literal["auto", "fp32", "bf16", "bf16-if-native"] = Field(
        "auto",
        description="auto: bf16 autocast for convolutions on GPUs that have it, else float32; bf16-if-native: also on such a CPU",
    )


class InstrumentationSpec(Frozen):
    """What is recorded besides loss and accuracy, and how often."""

    batch_every: Positive = Field(50, description="steps between points of the running training loss")
    layers_every: int = Field(1, ge=0, description="epochs between per-layer statistics; 0: never")
    histograms_every: int = Field(1, ge=0, description="epochs between histograms; 0: never")
    filters_every: int = Field(1, ge=0, description="epochs between images of the first layer; 0: never")
    representations: bool = Field(
        True,
        description="how layers see 256 validation images, at epochs 0, 1, 2, 4, …, the best and the last",
    )
    checkpoint_seconds: float = Field(
        10.0, ge=0, description="least time between checkpoints; they are taken at epoch ends"
    )


def _model_shorthand(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {"kind": "custom", "build": value} if ":" in value else {"kind": value}


def _dataset_shorthand(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class ExperimentSpec(Frozen):
    """One experiment, every default filled in: all that decides its result but device and machine."""

    description: str = ""
    dataset: Annotated[DatasetSpec, BeforeValidator(_dataset_shorthand)] = Field(default_factory=DatasetSpec)
    model: Annotated[ModelSpec, BeforeValidator(_model_shorthand)] = Field(default_factory=LogisticSpec)
    optimizer: OptimizerSpec = Field(default_factory=OptimizerSpec)
    regularization: RegularizationSpec = Field(default_factory=RegularizationSpec)
    augmentation: AugmentationSpec = Field(default_factory=AugmentationSpec)
    training: TrainingSpec = Field(default_factory=TrainingSpec)
    instrumentation: InstrumentationSpec = Field(default_factory=InstrumentationSpec)

    @model_validator(mode="after")
    def _enough_for_batch_norm(self) -> ExperimentSpec:
        normalises = getattr(self.model, "batch_norm", False) and getattr(self.model, "units", ())
        if normalises and self.training.batch_size == 1:
            raise ValueError(
                "training.batch_size = 1 is too few for model.batch_norm: a layer's mean needs 2 images or more"
            )
        return self

    @property
    def length(self) -> int:
        """How many epochs it is to have; of a forest, how many trees."""
        return self.model.trees if isinstance(self.model, ForestSpec) else self.training.epochs

    @property
    def unit(self) -> str:
        """What `length` counts."""
        return "tree" if isinstance(self.model, ForestSpec) else "epoch"


class StudySpec(Frozen):
    """A question, and the runs that answer it: named experiments or one base, each over a matrix of settings."""

    question: str = ""
    experiments: Names = Field((), description="names or globs")
    base: str | None = Field(None, description="the one experiment, instead of several")
    matrix: dict[str, Values] = Field(default_factory=dict, description="key path = values; all combinations")
    set: dict[str, Any] = Field(
        default_factory=dict, description="key path = value, for every run of the study"
    )
    seeds: Positive = Field(1, description="repeat each run with so many seeds, from its own upwards")
    compare: str = Field("accuracy/valid", description="the tag its comparison opens on")

    @model_validator(mode="after")
    def _names_or_matrix(self) -> StudySpec:
        if bool(self.experiments) == bool(self.base):
            raise ValueError("give either `experiments` or a `base`, and not both")
        return self
