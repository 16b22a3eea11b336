from __future__ import annotations

import pytest

from fashiontui.config import layers
from fashiontui.config.architecture import Architecture, architecture
from fashiontui.config.spec import CnnSpec, CustomSpec, ForestSpec, LogisticSpec, MlpSpec, ModelSpec, VggSpec
from fashiontui.errors import ConfigError


def built(model: ModelSpec, *args, **kwargs) -> Architecture:
    network = architecture(model, *args, **kwargs)
    assert network is not None
    return network


def names(network: Architecture) -> list[str]:
    return [layer.name for layer in network.layers]


def named(network: Architecture, name: str) -> layers.Layer:
    return next(layer for layer in network.layers if layer.name == name)


def test_logistic_regression_is_one_linear_layer():
    network = built(LogisticSpec())
    assert names(network) == ["flatten", "output"]
    assert (network.parameters, network.multiply_adds) == (7_850, 7_840)
    assert network.layers[-1].output == (10,)


def test_mlp_layers_come_in_the_order_linear_norm_activation_dropout():
    network = built(MlpSpec(units=(512, 256), batch_norm=True, dropout=0.3, activation="tanh"))
    assert names(network) == [
        "flatten",
        "fc1", "batch_norm1", "tanh1", "dropout1",
        "fc2", "batch_norm2", "tanh2", "dropout2",
        "output",
    ]  # fmt: skip
    # 784·512+512, 2·512, 512·256+256, 2·256, 256·10+10
    assert network.parameters == 401_920 + 1_024 + 131_328 + 512 + 2_570
    assert named(network, "batch_norm1") == layers.BatchNorm(
        name="batch_norm1", output=(512,), features=512, dimensions=1
    )


def test_dropout_of_probability_zero_is_no_layer():
    assert names(built(MlpSpec(units=(8,)))) == ["flatten", "fc1", "relu1", "output"]


def test_cnn1_has_the_published_size():
    network = built(CnnSpec(channels=(32,), kernel_sizes=(5,), units=(128,), dropout=0.5))
    assert names(network) == [
        "conv1", "pool1", "relu1", "flatten", "fc1", "relu2", "dropout1", "output",
    ]  # fmt: skip
    assert network.parameters == 805_066
    assert network.multiply_adds == 28 * 28 * 32 * 25 + 6_272 * 128 + 1_280


def test_batch_norm_follows_every_hidden_layer_of_a_cnn():
    network = built(CnnSpec(channels=(32,), kernel_sizes=(5,), units=(128,), batch_norm=True, dropout=0.5))
    assert names(network) == [
        "conv1", "batch_norm1", "pool1", "relu1", "flatten", "fc1", "batch_norm2", "relu2", "dropout1", "output",
    ]  # fmt: skip
    assert network.parameters == 805_066 + 2 * (32 + 128)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_pooling_first_leaves_a_quarter_to_norm_and_activation(activation):
    model = CnnSpec(channels=(4, 6), convolutions=(1, 2), batch_norm=True, units=(), activation=activation)
    network = built(model.model_copy(update={"pool_first": True}))
    f = activation
    assert names(network) == [
        "conv1", "pool1", "batch_norm1", f"{f}1",
        "conv2_1", "batch_norm2_1", f"{f}2_1", "conv2_2", "pool2", "batch_norm2_2", f"{f}2_2",
        "flatten", "output",
    ]  # fmt: skip
    assert named(network, "batch_norm1").output == (4, 14, 14)
    assert network.parameters == built(model).parameters
    assert network.layers[-1] == built(model).layers[-1]


def test_cnn_shapes_follow_the_poolings():
    network = built(CnnSpec(channels=(4, 6, 8), kernel_sizes=(5, 3, 3), conv_dropout=0.1, units=()))
    assert named(network, "conv2") == layers.Conv(
        name="conv2", output=(6, 14, 14), in_channels=4, out_channels=6, kernel_size=3, padding=1
    )
    assert [named(network, f"pool{n}").output for n in (1, 2, 3)] == [(4, 14, 14), (6, 7, 7), (8, 3, 3)]
    assert names(network)[:4] == ["conv1", "pool1", "relu1", "conv_dropout1"]
    assert names(network)[-2:] == ["flatten", "output"]
    assert named(network, "output").parameters == (8 * 3 * 3 + 1) * 10


@pytest.mark.parametrize(
    ("activation", "order"),
    [
        ("relu", ["pool1", "relu1"]),
        ("sigmoid", ["pool1", "sigmoid1"]),
        ("gelu", ["gelu1", "pool1"]),
        ("silu", ["silu1", "pool1"]),
    ],
)
def test_pooling_comes_first_only_where_the_activation_never_falls(activation, order):
    assert names(built(CnnSpec(activation=activation)))[1:3] == order


def test_vgg16_has_torchvisions_size():
    # torchvision's vgg16_bn features: 14,723,136 with 3 input channels, 1,152 less with one;
    # its head after 512 features: 512·4096+4096, 4096·4096+4096, 4096·10+10
    network = built(VggSpec(batch_norm=True))
    assert network.parameters == 14_723_136 - 1_152 + 2_101_248 + 16_781_312 + 40_970
    assert network.layers[0] == layers.Pad(name="pad", output=(1, 32, 32), border=(2, 2, 2, 2))
    assert named(network, "flatten").output == (512,)
    convolutions = [layer.name for layer in network.layers if layer.kind == "conv"]
    assert (len(convolutions), convolutions[0], convolutions[-1]) == (13, "conv1_1", "conv5_3")
    assert names(network)[-7:] == ["fc6", "relu6", "dropout6", "fc7", "relu7", "dropout7", "output"]


def test_vgg16_without_batch_norm_keeps_its_biases():
    features = [layer for layer in built(VggSpec(batch_norm=False)).layers if layer.kind == "conv"]
    assert sum(layer.parameters for layer in features) == 14_714_688 - 1_152


@pytest.mark.parametrize(
    "model", [CnnSpec(channels=(2, 2), conv_dropout=0.1, dropout=0.1, units=(3, 3)), VggSpec()]
)
def test_layer_names_are_unique(model):
    network = built(model)
    assert len(set(names(network))) == len(network.layers)


def test_forests_and_custom_networks_have_no_layer_list():
    assert architecture(ForestSpec()) is None
    assert architecture(CustomSpec(build="mypkg.nets:build")) is None


def test_other_image_shapes_and_class_counts():
    network = built(LogisticSpec(), input_shape=(3, 32, 32), classes=100)
    assert network.parameters == (3 * 32 * 32 + 1) * 100


def test_more_poolings_than_the_image_can_take():
    with pytest.raises(ConfigError) as caught:
        architecture(CnnSpec(channels=(2, 2, 2, 2), kernel_sizes=(3,)), input_shape=(1, 12, 12))
    assert "4 convolutions are too many for images of 12×12" in str(caught.value)
    assert "12→6→3→1" in str(caught.value)
    assert "at most 3" in str(caught.value)
    assert architecture(CnnSpec(channels=(2,) * 4, kernel_sizes=(3,))) is not None  # 28→14→7→3→1
